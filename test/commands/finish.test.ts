import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { offerToFinish } from '../../src/commands/finish.ts';
import { openSession } from '../../src/commands/session.ts';
import type { Item } from '../../src/core/resource.ts';
import { fakeWorld } from '../helpers/run.ts';
import { type Opened, open } from './snapshot/open.ts';

/** What a command on web-0001 says of it first. */
async function offer({ sandbox, clock, home, server }: Opened, flags: object = {}, quiet = false): Promise<string> {
  const world = fakeWorld(sandbox, { clock, env: { HOME: home } });
  const session = await openSession(world, { ...flags });
  const before = sandbox.requests.length;
  await offerToFinish(session, await session.api(), [server('web-0001') as unknown as Item], { quiet });
  expect(sandbox.requests.length).toBe(before);
  world.http.close();
  return world.err.text();
}

const journal = (home: string) => {
  const folder = join(home, '.local/state/cloudctl/journal');
  return readdirSync(folder).map(name => join(folder, name))[0];
};

/** The same on a terminal, with that answer; resolves with the question, if one was asked. */
async function offerAtTerminal({ sandbox, clock, home, server }: Opened, answer: boolean): Promise<string | undefined> {
  const world = fakeWorld(sandbox, { clock, tty: true, env: { HOME: home } });
  const session = await openSession(world, {});
  let asked: string | undefined;
  const ask = async (_: unknown, question: string) => {
    asked = question;
    return answer;
  };
  await offerToFinish(session, await session.api(), [server('web-0001') as unknown as Item], { ask });
  world.http.close();
  return asked;
}

describe('a command on a server that an earlier one stopped', () => {
  it('says in one line what is owed and how to finish it', async () => {
    const opened = await open({ seed: { servers: 1 } });
    expect(await offer(opened)).toBe('');
    await opened.killAfter(8, 'server resize web-0001 cx43');
    expect(await offer(opened)).toBe(
      "Note: server web-0001 is still owed the type cx43 and its start by 'cloudctl server resize web-0001 cx43': cloudctl server resume web-0001\n",
    );
  });

  it('says nothing to a program, with --quiet, or once it is finished', async () => {
    const opened = await open({ seed: { servers: 1 } });
    await opened.killAfter(8, 'server resize web-0001 cx43');
    expect(await offer(opened, {}, true)).toBe('');
    expect(await offer(opened, { quiet: true })).toBe('');
    await opened.go('server resume');
    expect(await offer(opened)).toBe('');
  });

  it('says nothing while a slow guest that was given up still runs, and forgets it after a while', async () => {
    const opened = await open({ seed: { servers: 1 } });
    await opened.go('snapshot create web-0001 --shutdown --shutdown-timeout 1s');
    expect(await offer(opened)).toBe('');
    expect(journal(opened.home)).toBeDefined();
    await opened.clock.sleep(5000);
    await opened.go('server list');
    expect(opened.server('web-0001').status).toBe('off');
    expect(await offer(opened)).toMatch(/web-0001 is still owed its start by/);
    opened.server('web-0001').status = 'running';
    await opened.clock.sleep(1_000_000);
    expect(await offer(opened)).toBe('');
    expect(journal(opened.home)).toBeUndefined();
  });

  it('asks on a terminal, and finishes it first only when that is agreed to', async () => {
    const opened = await open({ seed: { servers: 1 } });
    expect(await offerAtTerminal(opened, true)).toBeUndefined();
    await opened.killAfter(8, 'server resize web-0001 cx43');
    const question =
      "Server web-0001 is still owed the type cx43 and its start by 'cloudctl server resize web-0001 cx43'. Finish that first?";
    expect(await offerAtTerminal(opened, false)).toBe(question);
    expect(opened.server('web-0001').server_type.name).toBe('cx33');
    expect(await offerAtTerminal(opened, true)).toBe(question);
    expect(opened.server('web-0001')).toMatchObject({ status: 'running', server_type: { name: 'cx43' } });
    await opened.killAfter(8, 'server resize web-0001 cx53 --force');
    opened.sandbox.fault({ method: 'POST', path: '/servers/*/actions/poweron', kind: 'fail', times: 9 });
    opened.sandbox.fault({ method: 'POST', path: '/servers/*/actions/change_type', kind: 'fail', times: 9 });
    await expect(offerAtTerminal(opened, true)).rejects.toMatchObject({ code: 'refused' });
  });

  it('is not held up by a journal that cannot be read', async () => {
    const opened = await open({ seed: { servers: 1 } });
    await opened.killAfter(8, 'server resize web-0001 cx43');
    writeFileSync(journal(opened.home)!, 'nonsense');
    expect(await offer(opened)).toMatch(/^Note: .* is not a journal of this version of cloudctl\n$/);
    expect(await offer(opened, {}, true)).toBe('');
  });

  it.each([
    'server reboot web-0001',
    'server delete web-0001 --yes',
    'snapshot create web-0001',
    'server rebuild web-0001 --image debian-13 --yes',
  ])('is told by %s, which then does its work', async line => {
    const opened = await open({ seed: { servers: 1 } });
    await opened.killAfter(8, 'server resize web-0001 cx43');
    const before = opened.changes().length;
    const { status, err } = await opened.go(line);
    expect(err).toMatch(
      /^Note: server web-0001 is still owed the type cx43 and its start by .*: cloudctl server resume web-0001\n/,
    );
    expect(status, err).toBe(0);
    expect(opened.changes().length).toBeGreaterThan(before);
  });

  it('is not told of by a rehearsal, nor of other servers', async () => {
    const opened = await open({ seed: { servers: 2 } });
    await opened.killAfter(8, 'server resize web-0001 cx43');
    expect((await opened.go('server reboot web-0001 --dry-run')).err).toBe('');
    expect((await opened.go('server reboot web-0002')).err).not.toContain('Note');
  });
});
