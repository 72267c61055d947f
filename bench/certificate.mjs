// A certificate for this machine's loopback address.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Key and certificate, the file that whoever is to trust it needs, and what removes it. */
export function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-bench-certificate-'));
  const [key, cert] = ['key', 'cert'].map(name => join(folder, name));
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', cert, ...name], { stdio: 'ignore' });
  return {
    key: readFileSync(key),
    cert: readFileSync(cert),
    file: cert,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
