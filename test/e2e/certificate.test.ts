import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { selfSigned } from '../core/transport/certificate.ts';
import { runBinary } from './binary.ts';
import { startDaemon, temporaryState } from './daemon.ts';

const state = temporaryState();
let sandbox: Sandbox | undefined;
afterAll(async () => {
  await sandbox?.stop();
  rmSync(state, { recursive: true, force: true });
});

it('a certificate that has expired makes a check down and a webhook wait, and both say so, though its authority is trusted', {
  timeout: 60_000,
}, async () => {
  sandbox = await startSandbox();
  const day = 86_400_000;
  const [good, expired] = [Date.now() + 30 * day, Date.now() - day].map(until => selfSigned('localhost', until));
  const asked: string[] = [];
  const servers = await Promise.all(
    [good!, expired!].map(async (certificate, place) => {
      const server = createServer(certificate, (request, response) => {
        asked.push(`${place} ${request.method}`);
        response.end('{}');
      });
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const [fine, late] = servers.map(server => `https://localhost:${(server.address() as AddressInfo).port}/`);
  const authorities = join(state, 'authorities.pem');
  writeFileSync(authorities, good!.cert + expired!.cert);
  const env = { NODE_EXTRA_CA_CERTS: authorities, CLOUDCTLD_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8,::1' };
  const daemon = await startDaemon({ hetzner: sandbox, state, env });
  const cloudctl = (line: string) =>
    runBinary(undefined, line.split(' '), { env: { CLOUDCTL_DAEMON: `unix://${daemon.socket}`, HOME: state } });
  try {
    await cloudctl(`check create fine --type http --url ${fine}`);
    await cloudctl(`check create late --type http --url ${late}`);
    expect(await cloudctl('check test fine')).toMatchObject({ status: 0 });
    expect(await cloudctl('check test late')).toMatchObject({
      status: 6,
      out: expect.stringContaining('late is down: the certificate has expired'),
    });
    await cloudctl(`channel create fine --type webhook --url ${fine}`);
    await cloudctl(`channel create late --type webhook --url ${late}`);
    expect(await cloudctl('channel test fine')).toMatchObject({ status: 0 });
    expect(await cloudctl('channel test late')).toMatchObject({
      status: 6,
      err: expect.stringMatching(/channel late did not take it: localhost:\d+.*its certificate has expired/),
    });
    expect((await cloudctl('delivery list')).out).toMatch(/late +waiting .*its certificate has expired/);
    expect(asked.filter(one => one.startsWith('1'))).toEqual([]);
  } finally {
    await daemon.stop();
    for (const server of servers) server.close();
  }
});
