import { describe, expect, it } from 'vitest';
import { environmentAccess, resolveAccess } from '../../../src/core/config/access.ts';
import { HETZNER_ENDPOINT } from '../../../src/core/config/endpoint.ts';
import { resolveSettings } from '../../../src/core/config/resolve.ts';
import { failureOf, home, sampleToken } from './home.ts';

const daemon = 'https://cloud.example.com/v1';
const [ours, theirs, stored] = ['A', 'B', 'C'].map(letter => letter.repeat(64)) as [string, string, string];

const config = `active_context = "prod"
[[contexts]]
name = "prod"
preferences = { endpoint = "${HETZNER_ENDPOINT}" }
[[contexts]]
name = "team"
preferences = { endpoint = "${daemon}" }
[[contexts]]
name = "bare"
[[contexts]]
name = "inline"
token = "${sampleToken}"
`;
const credentials = {
  prod: { token: stored, origin: 'https://api.hetzner.cloud' },
  team: { token: 'a-token-of-the-daemon', origin: 'https://cloud.example.com' },
};

async function access(flags: Record<string, unknown>, env: Record<string, string> = {}) {
  const world = home({ config, credentials, env });
  return resolveAccess(await resolveSettings(world, flags), world);
}

describe('endpoint and token', () => {
  it('of the active context belong together', async () => {
    expect(await access({})).toEqual({
      endpoint: HETZNER_ENDPOINT,
      credential: { token: stored },
      origin: 'context prod',
    });
    expect(await access({ context: 'team' })).toEqual({
      endpoint: daemon,
      credential: { token: 'a-token-of-the-daemon' },
      origin: 'context team',
    });
  });

  it('of the environment win over the active context, but not over --context', async () => {
    const env = { CLOUDCTL_TOKEN: ours, HCLOUD_TOKEN: theirs };
    expect(await access({}, env)).toMatchObject({ credential: { token: ours }, origin: 'CLOUDCTL_TOKEN' });
    expect(await access({}, { HCLOUD_TOKEN: theirs })).toMatchObject({
      credential: { token: theirs },
      origin: 'HCLOUD_TOKEN',
    });
    expect(await access({ context: 'prod' }, env)).toMatchObject({ credential: { token: stored } });
  });

  it('of CLOUDCTL_CONTEXT win over HCLOUD_TOKEN, which may stand there for hcloud; HCLOUD_CONTEXT does not', async () => {
    const env = { HCLOUD_TOKEN: theirs };
    expect(await access({}, { ...env, CLOUDCTL_CONTEXT: 'team' })).toMatchObject({ origin: 'context team' });
    expect(await access({}, { ...env, HCLOUD_CONTEXT: 'team' })).toMatchObject({ origin: 'HCLOUD_TOKEN' });
    expect(await access({}, { CLOUDCTL_TOKEN: ours, CLOUDCTL_CONTEXT: 'team' })).toMatchObject({
      origin: 'CLOUDCTL_TOKEN',
    });
  });

  it('of the environment come from the same pair of variables', async () => {
    const both = { CLOUDCTL_ENDPOINT: daemon, HCLOUD_ENDPOINT: 'https://other.example.com/v1' };
    expect(await access({}, { ...both, CLOUDCTL_TOKEN: 'ours' })).toMatchObject({
      endpoint: daemon,
      credential: { token: 'ours' },
    });
    const onlyTheirs = { HCLOUD_ENDPOINT: both.HCLOUD_ENDPOINT };
    expect(await access({}, { ...onlyTheirs, HCLOUD_TOKEN: 'theirs' })).toMatchObject({
      endpoint: both.HCLOUD_ENDPOINT,
    });
    expect(await access({}, { ...onlyTheirs, CLOUDCTL_TOKEN: ours })).toMatchObject({ endpoint: HETZNER_ENDPOINT });
    expect(await access({ context: undefined }, { CLOUDCTL_TOKEN: ours })).toMatchObject({
      endpoint: HETZNER_ENDPOINT,
    });
  });

  it('are never HCLOUD_TOKEN where CLOUDCTL_ENDPOINT names another server', async () => {
    const failure = await failureOf(() => access({}, { HCLOUD_TOKEN: theirs, CLOUDCTL_ENDPOINT: daemon }));
    expect(failure).toMatchObject({ code: 'usage', message: 'HCLOUD_TOKEN is not sent to CLOUDCTL_ENDPOINT' });
  });

  it('of the environment go where --endpoint says, since both were typed', async () => {
    const env = { HCLOUD_TOKEN: theirs, CLOUDCTL_ENDPOINT: 'https://other.example.com' };
    expect(await access({ endpoint: daemon }, env)).toMatchObject({ endpoint: daemon, credential: { token: theirs } });
  });

  it.each([
    ['--endpoint', { endpoint: daemon }, {}, 'Leave out --endpoint'],
    ['CLOUDCTL_ENDPOINT', {}, { CLOUDCTL_ENDPOINT: daemon }, 'Unset CLOUDCTL_ENDPOINT'],
    ['HCLOUD_ENDPOINT', {}, { HCLOUD_ENDPOINT: daemon }, 'Unset HCLOUD_ENDPOINT'],
  ])('of a context are not sent elsewhere because of %s', async (by, flags, env, remedy) => {
    const failure = await failureOf(() => access(flags, env));
    expect(failure.code).toBe('usage');
    expect(failure.message).toBe(
      `token of context prod is for https://api.hetzner.cloud and is not sent to https://cloud.example.com, as ${by} says`,
    );
    expect(failure.hint).toContain(remedy);
  });

  it('of a context are not sent elsewhere because the configuration was changed', async () => {
    const changed = config.replace(HETZNER_ENDPOINT, daemon);
    const world = home({ config: changed, credentials });
    const settings = await resolveSettings(world, {});
    const failure = await failureOf(() => resolveAccess(settings, world));
    expect(failure).toMatchObject({ code: 'usage', hint: expect.stringContaining('cloudctl config unset endpoint') });
  });

  it('of a context may have another path on the same server', async () => {
    expect(await access({ endpoint: 'https://api.hetzner.cloud/v2' })).toMatchObject({
      endpoint: 'https://api.hetzner.cloud/v2',
    });
  });

  it('that are nowhere name every way to give them', async () => {
    const world = home();
    const settings = await resolveSettings(world, {});
    const failure = await failureOf(() => resolveAccess(settings, world));
    expect(failure).toMatchObject({ code: 'unauthorized', message: 'no token and no context' });
    for (const way of ['CLOUDCTL_TOKEN', 'HCLOUD_TOKEN', 'cloudctl context create']) {
      expect(failure.hint).toContain(way);
    }
  });

  it('of a context without a stored token say so, and why one in the file does not count', async () => {
    expect((await failureOf(() => access({ context: 'bare' }))).message).toBe('no token is stored for context bare');
    const inline = await failureOf(() => access({ context: 'inline' }));
    expect(inline.message).toContain('tokens in the file are not used');
    expect(inline.message + inline.hint).not.toContain(sampleToken);
  });

  it('of a context that is not there are not found', async () => {
    expect(await failureOf(() => access({ context: 'prd' }))).toMatchObject({ code: 'not_found', exit: 5 });
  });

  it('are checked before they are sent', async () => {
    const failure = await failureOf(() => access({}, { CLOUDCTL_TOKEN: 'two words' }));
    expect(failure).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('CLOUDCTL_TOKEN') });
    expect(failure.message).not.toContain('two words');
  });

  it('work without a home when the environment has them', async () => {
    const world = { ...home(), env: { HCLOUD_TOKEN: theirs } };
    expect(await resolveAccess(await resolveSettings(world, {}), world)).toMatchObject({
      credential: { token: theirs },
    });
    const bare = { ...world, env: { CLOUDCTL_CONTEXT: 'prod' } };
    const settings = await resolveSettings(bare, {});
    expect(await failureOf(() => resolveAccess(settings, bare))).toMatchObject({ code: 'not_found' });
  });

  it('of the environment can be asked for apart from any context', async () => {
    const settings = await resolveSettings(home({ config }), {});
    expect(environmentAccess(settings, { CLOUDCTL_TOKEN: ours })).toMatchObject({ credential: { token: ours } });
    expect(environmentAccess(settings, { HCLOUD_TOKEN: theirs })).toMatchObject({ credential: { token: theirs } });
    expect(environmentAccess(settings, {})).toBeUndefined();
  });
});
