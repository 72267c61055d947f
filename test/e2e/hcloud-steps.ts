import { expect } from 'vitest';

/** What a user of hcloud does with a project, and what each line has to print. */
const steps: readonly [line: string, out: RegExp][] = [
  ['server-type list', /cx23/],
  ['image list --type system', /debian-13/],
  ['location list', /fsn1/],
  ['network create --name net --ip-range 10.0.0.0/16', /created/],
  ['network add-subnet net --type server --network-zone eu-central --ip-range 10.0.0.0/24', /Subnet added/],
  ['server create --name web-1 --type cx23 --image debian-13 --location fsn1 --label env=prod', /created/],
  ['server create --name web-2 --type cx23 --image debian-13 --location fsn1 --start-after-create=false', /created/],
  ['server list -o noheader -o columns=name,status', /web-1 +running\nweb-2 +off/],
  ['server list -l env=prod -o noheader -o columns=name', /^web-1\n$/],
  ['server describe web-1 -o json', /"name":"web-1"/],
  ['server ip web-1', /^\d+\.\d+\.\d+\.\d+\n$/],
  ['server poweron web-2', /started/],
  ['server reboot web-1', /rebooted/],
  ['server shutdown web-2', /shut down/],
  ['server poweroff web-1', /stopped/],
  ['server change-type web-1 cx33', /changed/],
  ['server enable-backup web-1', /nabled/],
  ['server enable-protection web-1 delete rebuild', /enabled/],
  ['server disable-protection web-1 delete rebuild', /disabled/],
  ['server attach-to-network web-2 --network net', /attached/],
  ['server poweron web-2', /started/],
  ['server reset-password web-2', /Password of server/],
  ['server create-image web-1 --type snapshot --description before', /created/],
  ['image list --type snapshot -o noheader -o columns=description', /before/],
  ['volume create --name data --size 10 --location fsn1', /created/],
  ['volume attach data --server web-1', /attached/],
  ['volume resize data --size 20', /resized/],
  ['volume list -o noheader -o columns=name,size,server', /data +20 GB +web-1/],
  ['volume detach data', /detached/],
  ['volume delete data', /deleted/],
  ['floating-ip create --type ipv4 --home-location fsn1 --name vip', /created/],
  ['floating-ip assign vip web-1', /assigned/],
  ['floating-ip unassign vip', /unassigned/],
  ['floating-ip delete vip', /deleted/],
  ['firewall create --name fw', /created/],
  ['firewall delete fw', /deleted/],
  ['placement-group create --name pg --type spread', /created/],
  ['placement-group delete pg', /deleted/],
  ['server delete web-1', /deleted/],
  ['server delete web-2', /deleted/],
];

/** Runs each line, in order; each prints what it should. */
export async function runSteps(run: (line: string) => Promise<string>): Promise<void> {
  for (const [line, out] of steps) {
    const printed = await run(line).catch(error => `${line}: ${error.message}`);
    expect(`${line} => ${printed}`).toMatch(
      new RegExp(`=> ${out.source.startsWith('^') ? out.source.slice(1) : `[^]*${out.source}`}`),
    );
  }
}

/** The same with hcloud's library for Python: creates, waits, attaches, snapshots, looks up by name and by id, deletes. */
export const pythonSteps = `
import os
from hcloud import Client
from hcloud.images.domain import Image
from hcloud.locations.domain import Location
from hcloud.server_types.domain import ServerType
client = Client(token=os.environ['HCLOUD_TOKEN'], api_endpoint=os.environ['HCLOUD_ENDPOINT'], poll_interval=0.05)
made = client.servers.create(name='py-1', server_type=ServerType(name='cx23'), image=Image(name='debian-13'), location=Location(name='fsn1'))
made.action.wait_until_finished()
volume = client.volumes.create(size=10, name='py-data', server=made.server)
volume.action.wait_until_finished()
image = made.server.create_image(description='py')
image.action.wait_until_finished()
print([server.name for server in client.servers.get_all()], client.volumes.get_by_name('py-data').size, client.images.get_by_id(image.image.id).description)
client.volumes.get_by_name('py-data').detach().wait_until_finished()
client.volumes.get_by_name('py-data').delete()
client.servers.get_by_name('py-1').delete().wait_until_finished()
print(client.servers.get_all())
`;

/** What it prints. */
export const pythonPrints = "['py-1'] 10 py\n[]\n";

/** What goes wrong, as the library tells it: it wants `details` in each error, whatever the code. */
export const pythonFaults = `
import os
from hcloud import Client, APIException
from hcloud.images.domain import Image
from hcloud.locations.domain import Location
from hcloud.server_types.domain import ServerType
client = Client(token=os.environ['HCLOUD_TOKEN'], api_endpoint=os.environ['HCLOUD_ENDPOINT'], poll_interval=0.05)
where = dict(server_type=ServerType(name='cx23'), image=Image(name='debian-13'), location=Location(name='fsn1'))
made = client.servers.create(name='py-1', **where)
made.action.wait_until_finished()
server = made.server
def tell(deed):
    try:
        print('done', type(deed()).__name__)
    except APIException as error:
        print(error.code, [field['name'] for field in error.details['fields']] if error.details else None)
tell(lambda: client.servers.get_by_id(999))
tell(lambda: client.actions.get_by_id(999))
tell(lambda: client.servers.create(name='py-1', **where))
tell(lambda: client.servers.create(name='py 2', **where))
tell(lambda: client.servers.create(name='py-3', server_type=ServerType(name='nope'), image=where['image']))
tell(lambda: client.servers.get_list(per_page=51))
tell(lambda: client.servers.get_list(label_selector='(('))
tell(lambda: client.volumes.create(size=1, name='small', location=where['location']))
tell(lambda: server.change_protection(delete=True, rebuild=True).wait_until_finished())
tell(lambda: server.delete())
tell(lambda: server.change_protection(delete=False, rebuild=False).wait_until_finished())
tell(lambda: server.update(labels={'a b': 'c'}))
tell(lambda: client.networks.create(name='n', ip_range='300.0.0.0/8'))
tell(lambda: client.images.get_by_name('nope'))
tell(lambda: server.delete().wait_until_finished())
`;
