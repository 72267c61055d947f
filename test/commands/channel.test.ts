import { describe, expect, it } from 'vitest';
import { outgoing } from '../../src/daemon/alerts/outbox.ts';
import { deliveryService } from '../../src/daemon/alerts/services/delivery.ts';
import { messageOf, openBench } from '../daemon/alerts/bench.ts';
import { listenOnSocket, openApi } from '../daemon/api/served.ts';
import { openReceiver } from '../helpers/receiver.ts';
import { run, temporaryHome } from '../helpers/run.ts';

/** A daemon's channels on a socket, and a command line that uses them. */
async function desk() {
  const bench = await openBench();
  const api = await openApi({ services: { channel: bench.channels, delivery: deliveryService(bench.tools) } });
  const { address } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome() };
  return { ...api, bench, cloudctl: (...line: string[]) => run(undefined, line, { env }) };
}

const mail = ['channel', 'create', 'ops', '--type', 'email', '--to', 'a@example.com', '--from', 'b@example.com'];

describe('cloudctl channel', () => {
  it('refuses a template with a field that there is not, by flag, line and the fields that there are', async () => {
    const { cloudctl } = await desk();
    const made = await cloudctl(...mail, '--host', 'h', '--body', '{{summary}}\nsince {{started}}');
    expect(made).toMatchObject({
      status: 6,
      err: expect.stringMatching(
        /body: line 2: there is no field \{\{started\}\}\n.*Known: title, text, .*labels\.NAME/,
      ),
    });
    await cloudctl(...mail, '--host', 'h');
    expect(await cloudctl('channel', 'update', 'ops', '--subject', '{{severty}}')).toMatchObject({
      status: 6,
      err: expect.stringContaining('subject: line 1: there is no field {{severty}}\nDid you mean {{severity}}?'),
    });
    expect((await cloudctl('channel', 'describe', 'ops', '-o', 'json')).out).toContain('"subject": null');
  });

  it('shows before anything is sent what would be said, while it is wrong and when it is over', async () => {
    const { cloudctl } = await desk();
    await cloudctl(...mail, '--host', 'h', '--subject', '{{status}} <{{labels.server}}>');
    const shown = await cloudctl('channel', 'preview', 'ops');
    expect(shown).toMatchObject({ status: 0, err: '' });
    expect(shown.out).toMatch(/Title: +firing <web-1>\n +Text:\n +critical {2}web is down: status 503\n/);
    expect(shown.out).toMatch(/Title: +resolved <web-1>/);
    const { firing, resolved } = JSON.parse((await cloudctl('channel', 'preview', 'ops', '-o', 'json')).out);
    expect(firing.html).toContain('firing &lt;web-1&gt;');
    expect(resolved).toMatchObject({ text: expect.stringContaining('web is up: 200'), html: expect.any(String) });
  });
});

describe('cloudctl delivery', () => {
  it('lists what was given up with its reason, and sends all of it again', async () => {
    const receiver = await openReceiver(() => 404);
    const { cloudctl, bench } = await desk();
    await cloudctl('channel', 'create', 'hook', '--type', 'webhook', '--url', receiver.url);
    const [{ id }] = JSON.parse((await cloudctl('channel', 'list', '-o', 'json')).out).filter(
      ({ name }: { name: string }) => name === 'hook',
    );
    for (const one of ['a', 'b'])
      await bench.store.commit(outgoing(bench.tools, { id, type: 'webhook' }, messageOf(one)));
    await bench.pass(3_600_000);
    const { out } = await cloudctl('delivery', 'list', '--state', 'dead', '--channel', 'hook');
    expect(out).toMatch(/hook +dead +FIRING: b .* 2 +127\.0\.0\.1:\d+ answered with 404/);
    receiver.state.reply = () => 200;
    const before = receiver.received.length;
    expect(await cloudctl('delivery', 'retry', '--all')).toMatchObject({ status: 0 });
    await bench.pass(10_000);
    expect(receiver.received).toHaveLength(before + 2);
    expect((await cloudctl('delivery', 'list', '-o', 'name')).out).toBe('');
    expect(await cloudctl('delivery', 'list', '--channel', 'nobody')).toMatchObject({ status: 5 });
  });
});
