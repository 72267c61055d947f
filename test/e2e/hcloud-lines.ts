import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Most of what hcloud can ask for, and some that is refused; KEY and RULES are files. */
const lines = `
ssh-key create --name k --public-key-from-file KEY
ssh-key describe k
ssh-key add-label k a=b
ssh-key update k --name k2
network create --name net --ip-range 10.0.0.0/16
network add-subnet net --type cloud --network-zone eu-central --ip-range 10.0.1.0/24
network add-route net --destination 10.100.1.0/24 --gateway 10.0.1.1
network describe net
network list
firewall create --name fw --rules-file RULES
firewall list
placement-group create --name pg --type spread
server create --name s1 --type cx23 --image debian-13 --location fsn1 --ssh-key k2 --network net --firewall fw --placement-group pg --label a=b --user-data-from-file KEY
server describe s1
server create --name s2 --type cx23 --image debian-13 --location fsn1
server add-label s1 c=d
server remove-label s1 c
server update s1 --name s1b
server attach-iso s1b debian-13.1.0-amd64-netinst.iso
server detach-iso s1b
server enable-rescue s1b --type linux64
server disable-rescue s1b
server request-console s1b
server set-rdns s1b --hostname a.example.com
server rebuild s1b --image debian-13
server reset s1b
server change-alias-ips s1b --network net --alias-ips 10.0.1.50
server detach-from-network s1b --network net
server attach-to-network s1b --network net --ip 10.0.1.7
server remove-from-placement-group s1b
server add-to-placement-group s1b --placement-group pg
server enable-protection s1b delete rebuild
server disable-protection s1b delete rebuild
server create-image s1b --type snapshot --description d --label x=y
image list --type snapshot
image list -l x=y -o noheader -o columns=description
server enable-backup s1b
server disable-backup s1b
firewall apply-to-resource fw --type server --server s2
firewall apply-to-resource fw --type label_selector --label-selector a=b
firewall describe fw
firewall add-rule fw --direction in --protocol tcp --port 80 --source-ips 0.0.0.0/0
firewall replace-rules fw --rules-file RULES
firewall remove-from-resource fw --type server --server s2
firewall remove-from-resource fw --type label_selector --label-selector a=b
firewall add-label fw q=r
volume create --name v --size 10 --server s2 --automount --format ext4
volume describe v
volume update v --name v2
volume add-label v2 a=b
volume enable-protection v2 delete
volume delete v2
volume disable-protection v2 delete
floating-ip create --type ipv4 --name f --server s2
floating-ip describe f
floating-ip set-rdns f --hostname b.example.com
floating-ip enable-protection f delete
floating-ip disable-protection f delete
floating-ip update f --description x
primary-ip create --name p --type ipv4 --datacenter fsn1-dc14
primary-ip list
primary-ip describe p
primary-ip update p --name p2
primary-ip delete p2
iso list
server-type describe cx23
image describe debian-13
location describe fsn1
load-balancer-type list
load-balancer create --name lb --type lb11 --location fsn1
certificate list
load-balancer list
datacenter list
volume detach v2
server delete s1b
server delete s2
volume delete v2
floating-ip delete f
network remove-route net --destination 10.100.1.0/24 --gateway 10.0.1.1
network remove-subnet net --ip-range 10.0.1.0/24
network delete net
firewall delete fw
placement-group delete pg
ssh-key delete k2
`.trim();

/** Runs each line, in order; what they print, and how those fail that fail. Times of the clock are left out, since no two runs have the same. */
export async function printLines(run: (line: string) => Promise<string>): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-hcloud-'));
  const [key, rules] = [join(folder, 'key.pub'), join(folder, 'rules.json')];
  writeFileSync(key, 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemoDemoDemoDemoDemoDemoDemoDemoDemoDemoDemo x');
  writeFileSync(rules, '[{"direction":"in","protocol":"tcp","port":"22","source_ips":["0.0.0.0/0"]}]');
  const printed: string[] = [];
  for (const line of lines.split('\n')) {
    const out = await run(line.replace('KEY', key).replace('RULES', rules)).catch(error => `failed: ${error.stderr}`);
    printed.push(`$ ${line}\n${out.replaceAll(/\w+ \w+ +\d+ [\d:]+ UTC \d{4}( \(.*\))?/g, 'TIME')}`);
  }
  return printed;
}
