import { describe, expect, it } from 'vitest';
import { defaultSockets, parseDaemon, resolveDaemon } from '../../../src/core/config/daemon-access.ts';
import { resolveSettings } from '../../../src/core/config/resolve.ts';
import { placesOf } from '../../../src/daemon/config/places.ts';
import { fakeWorld } from '../../helpers/run.ts';

/** The daemon that an environment means, where only these sockets are there: nothing depends on what runs on this machine. */
async function daemonOf(env: Record<string, string>, there: readonly string[] = []) {
  const world = fakeWorld(undefined, { env });
  return resolveDaemon(await resolveSettings(world, {}), world, path => there.includes(path));
}

const service = '/run/cloudctl/cloudctl.sock';
const own = '/run/user/1000/cloudctl/cloudctl.sock';
const runtime = { XDG_RUNTIME_DIR: '/run/user/1000' };

describe('the address of the daemon', () => {
  it('is a socket by its whole path, or a host whose own resources are below /cloudctl/v1', () => {
    expect(parseDaemon('unix:///run/cloudctl/cloudctl.sock')).toEqual({ socket: service });
    expect(parseDaemon('https://daemon.example')).toEqual({ endpoint: 'https://daemon.example/cloudctl/v1' });
    expect(parseDaemon('https://daemon.example/v1')).toEqual({ endpoint: 'https://daemon.example/cloudctl/v1' });
    expect(parseDaemon('https://h/a/cloudctl/v1')).toEqual({ endpoint: 'https://h/a/cloudctl/v1' });
    expect(() => parseDaemon('unix:cloudctl.sock')).toThrow('does not name a socket by its whole path');
    expect(() => parseDaemon('http://daemon.example')).toThrow('plain http');
  });

  it("is the user's own socket first, then the service's, and a relative XDG_RUNTIME_DIR is ignored", async () => {
    const socketsOf = (env: Record<string, string>) => defaultSockets({ env, platform: 'linux' });
    expect(socketsOf({ ...runtime, HOME: '/home/ada' })).toEqual([own, service]);
    expect(socketsOf({ XDG_RUNTIME_DIR: 'run' })).toEqual([service]);
    expect(await daemonOf(runtime, [own, service])).toEqual({ socket: own });
    expect(await daemonOf(runtime, [service])).toEqual({ socket: service });
  });

  it("is in the daemon's state directory where a user has no folder for sockets, as the daemon has it", () => {
    const world = { env: { HOME: '/home/ada' }, platform: 'linux' } as const;
    const state = '/home/ada/.local/state/cloudctl/daemon/cloudctl.sock';
    expect(defaultSockets(world)).toEqual([state, service]);
    expect(placesOf({ ...world, uid: 1000 }).socket).toBe(state);
  });

  it('is told to be nowhere when nothing names one and no socket is there', async () => {
    await expect(daemonOf(runtime)).rejects.toMatchObject({
      code: 'unreachable',
      message: 'no daemon is running here',
      hint: expect.stringMatching('cloudctl daemon start'),
    });
  });

  it('is what the setting says, whatever sockets there are', async () => {
    expect(await daemonOf({ ...runtime, CLOUDCTL_DAEMON: 'unix:///a/b.sock' }, [own])).toEqual({ socket: '/a/b.sock' });
  });

  it("is never Hetzner, nor a stand-in on this machine, and gets no other host's token", async () => {
    const token = 'x'.repeat(64);
    expect(await daemonOf({ CLOUDCTL_TOKEN: token }, [service])).toEqual({ socket: service });
    const sandbox = { CLOUDCTL_TOKEN: token, CLOUDCTL_ENDPOINT: 'http://127.0.0.1:4000/v1' };
    expect(await daemonOf(sandbox, [service])).toEqual({ socket: service });
    await expect(daemonOf({ CLOUDCTL_TOKEN: token, CLOUDCTL_DAEMON: 'https://daemon.example' })).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });

  it("is the context's endpoint where that is a daemon, with its credential", async () => {
    const env = { CLOUDCTL_TOKEN: 'let-me-in', CLOUDCTL_ENDPOINT: 'https://daemon.example/v1' };
    expect(await daemonOf(env, [service])).toEqual({
      endpoint: 'https://daemon.example/cloudctl/v1',
      credential: { token: 'let-me-in' },
    });
  });
});
