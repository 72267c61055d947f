import { describe, expect, it } from 'vitest';
import { type Expected, scripted } from '../../helpers/scripted.ts';
import { action, date, failed, open, problem } from './open.ts';

const server = { id: 42, name: 'web', created: '2026-11-23T08:00:00Z', labels: {} };
const create: Expected = { request: 'POST /servers', body: { name: 'web' } };
const byName = 'GET /servers?name=web';
const nothing: Expected = { request: byName, answer: { servers: [] }, headers: date };
const actionsOf42 = 'GET /servers/42/actions?sort=id:desc&per_page=50';

describe('a create whose answer was lost', () => {
  it('is found by its name and answered as the API would have', async () => {
    const made = action(7, { command: 'create_server' });
    const next = action(8);
    const { url } = await scripted([
      { ...create, behaviour: 'reset' },
      { request: byName, answer: { servers: [server] }, headers: date },
      { request: actionsOf42, answer: { actions: [next, made] }, headers: date },
    ]);
    const answer = await open(url).api.send('POST', 'servers', { name: 'web' });
    expect(answer).toEqual({ server, action: made, next_actions: [next], root_password: null });
  });

  it('is found without actions where the resource has none', async () => {
    const key = { id: 1, name: 'ana', created: '2026-11-23T08:00:00Z', public_key: 'ssh-ed25519 AAAA ana' };
    const body = { name: 'ana', public_key: 'ssh-ed25519 AAAA ana\n' };
    const { url } = await scripted([
      { request: 'POST /ssh_keys', behaviour: 'cutoff', answer: { ssh_key: key } },
      { request: 'GET /ssh_keys?name=ana', answer: { ssh_keys: [key] }, headers: date },
    ]);
    expect(await open(url).api.send('POST', 'ssh_keys', body)).toEqual({ ssh_key: key });
  });

  it.each([
    { status: 502, answer: problem('bad_gateway') },
    { status: 504, text: '<html>' },
    { status: 500, answer: problem('server_error') },
    { status: 503, answer: problem('unavailable') },
    { status: 201, text: '<html>', headers: { 'content-type': 'application/json' } },
  ])('is sent again only after three looks, seven seconds in all: %o', async reply => {
    const { url } = await scripted([
      { ...create, ...reply },
      nothing,
      nothing,
      nothing,
      { ...create, status: 201, answer: { server } },
    ]);
    const { api, clock } = open(url);
    expect(await api.send('POST', 'servers', { name: 'web' })).toEqual({ server });
    expect(clock.slept).toEqual([2000, 5000]);
  });

  it('that lands late is found by a later look', async () => {
    const { url } = await scripted([
      { ...create, behaviour: 'reset' },
      nothing,
      { request: byName, answer: { servers: [server] }, headers: date },
      { request: actionsOf42, answer: { actions: [] } },
    ]);
    const answer = await open(url).api.send('POST', 'servers', { name: 'web' });
    expect(answer).toMatchObject({ server, action: null, next_actions: [] });
  });

  it('that lands after it was sent again is told by its name being taken', async () => {
    const { url } = await scripted([
      { ...create, behaviour: 'reset' },
      nothing,
      nothing,
      nothing,
      { ...create, status: 409, answer: problem('uniqueness_error') },
      { request: byName, answer: { servers: [server] }, headers: date },
      { request: actionsOf42, answer: { actions: [] } },
    ]);
    expect(await open(url).api.send('POST', 'servers', { name: 'web' })).toMatchObject({ server });
  });

  it('does not take an older item of that name for its own', async () => {
    const older = { ...server, created: '2026-11-22T08:00:00Z' };
    const found: Expected = { request: byName, answer: { servers: [older] }, headers: date };
    const { url } = await scripted([
      { ...create, behaviour: 'reset' },
      found,
      found,
      found,
      { ...create, status: 409, answer: problem('uniqueness_error') },
      found,
    ]);
    expect(await failed(open(url).api.send('POST', 'servers', { name: 'web' }))).toMatchObject({
      code: 'refused',
      apiCode: 'uniqueness_error',
    });
  });

  it("goes by the server's clock where ours is wrong", async () => {
    const headers = { date: 'Mon, 23 Nov 2026 07:00:00 GMT' };
    const made = { ...server, created: '2026-11-23T07:00:00Z' };
    const { url } = await scripted([
      { ...create, behaviour: 'reset' },
      { request: byName, answer: { servers: [made] }, headers },
      { request: actionsOf42, answer: { actions: [] }, headers },
    ]);
    expect(await open(url).api.send('POST', 'servers', { name: 'web' })).toMatchObject({ server: made });
  });

  it('is given up as open when it is lost three times', async () => {
    const lost: Expected = { ...create, behaviour: 'reset' };
    const { url } = await scripted([lost, nothing, nothing, nothing, lost, nothing, nothing, nothing, lost]);
    const failure = await failed(open(url).api.send('POST', 'servers', { name: 'web' }));
    expect(failure).toMatchObject({ code: 'unreachable', ambiguous: true });
    expect(failure.hint).toContain('Look before you send it again');
  });

  it('is not sent again when the look itself fails', async () => {
    const { url } = await scripted([
      { ...create, behaviour: 'reset' },
      { request: byName, status: 401, answer: problem('unauthorized') },
    ]);
    expect(await failed(open(url).api.send('POST', 'servers', { name: 'web' }))).toMatchObject({
      code: 'unreachable',
      ambiguous: true,
    });
  });

  it('is not sent again when there is nothing to recognise it by', async () => {
    const { url } = await scripted([{ request: 'POST /floating_ips', behaviour: 'reset' }]);
    const failure = await failed(open(url).api.send('POST', 'floating_ips', { type: 'ipv4' }));
    expect(failure).toMatchObject({ code: 'unreachable', ambiguous: true });
  });

  it('is not sent again when the deadline would pass in the settling time', async () => {
    const { url } = await scripted([{ ...create, behaviour: 'reset' }, nothing]);
    const deadline = Date.parse('2026-11-23T08:00:01Z');
    const failure = await failed(open(url, { deadline }).api.send('POST', 'servers', { name: 'web' }));
    expect(failure).toMatchObject({ code: 'unreachable', ambiguous: true });
  });
});

describe('an image whose answer was lost', () => {
  const path = 'servers/42/actions/create_image';
  const image = { id: 9, type: 'snapshot' };

  it('is found by the label that the request set', async () => {
    const made = action(7, { command: 'create_image' });
    const { url, received } = await scripted([
      { request: `POST /${path}`, behaviour: 'reset' },
      { request: /^GET \/images\?label_selector=cloudctl\/request=/, answer: { images: [image] }, headers: date },
      { request: actionsOf42, answer: { actions: [made] }, headers: date },
    ]);
    expect(await open(url).api.send('POST', path, { labels: { a: 'b' } })).toEqual({ image, action: made });
    const sent = received[0]!.body as { labels: Record<string, string> };
    expect(sent.labels.a).toBe('b');
    expect(received[1]!.request).toBe(`GET /images?label_selector=cloudctl/request=${sent.labels['cloudctl/request']}`);
  });

  it('is made again with the same label when there is none', async () => {
    const none: Expected = { request: /^GET \/images/, answer: { images: [] } };
    const { url, received } = await scripted([
      { request: `POST /${path}`, behaviour: 'reset' },
      none,
      none,
      none,
      { request: `POST /${path}`, status: 201, answer: { image } },
    ]);
    expect(await open(url).api.send('POST', path)).toEqual({ image });
    expect(received.at(-1)!.body).toEqual(received[0]!.body);
  });
});

describe('an action whose answer was lost', () => {
  it('is found among the actions of its item', async () => {
    const { url } = await scripted([
      { request: 'POST /servers/42/actions/poweron', behaviour: 'reset' },
      {
        request: actionsOf42,
        answer: {
          actions: [action(9, { command: 'create_image' }), action(8), action(2, { started: '2026-11-22T08:00:00Z' })],
        },
        headers: date,
      },
    ]);
    expect(await open(url).api.send('POST', 'servers/42/actions/poweron')).toEqual({ action: action(8) });
  });

  it('is not taken for one that an earlier call of ours has started', async () => {
    const reboot = { request: 'POST /servers/42/actions/reboot' };
    const first = action(8, { command: 'reboot_server', status: 'success' });
    const look: Expected = { request: actionsOf42, answer: { actions: [first] }, headers: date };
    const second = action(9, { command: 'reboot_server' });
    const { url } = await scripted([
      { ...reboot, status: 201, answer: { action: first } },
      { ...reboot, behaviour: 'reset' },
      look,
      look,
      look,
      { ...reboot, status: 201, answer: { action: second } },
    ]);
    const { api } = open(url);
    await api.send('POST', 'servers/42/actions/reboot');
    expect(await api.send('POST', 'servers/42/actions/reboot')).toEqual({ action: second });
  });

  it('says that the password of a rebuild is lost, and lists the actions of a firewall', async () => {
    const rebuild = action(8, { command: 'rebuild_server' });
    const rules = action(9, { command: 'set_firewall_rules' });
    const { url } = await scripted([
      { request: 'POST /servers/42/actions/rebuild', behaviour: 'reset' },
      { request: actionsOf42, answer: { actions: [rebuild] }, headers: date },
      { request: 'POST /firewalls/1/actions/set_rules', behaviour: 'reset' },
      { request: actionsOf42.replace('servers/42', 'firewalls/1'), answer: { actions: [rules] }, headers: date },
    ]);
    const { api } = open(url);
    expect(await api.send('POST', 'servers/42/actions/rebuild')).toEqual({ action: rebuild, root_password: null });
    expect(await api.send('POST', 'firewalls/1/actions/set_rules')).toEqual({ actions: [rules] });
  });

  it('that is wanted for its answer is asked for once more after two seconds', async () => {
    const request = 'POST /servers/42/actions/reset_password';
    const { url } = await scripted([
      { request, behaviour: 'reset' },
      { request, status: 201, answer: { root_password: 'new' } },
    ]);
    const { api, clock } = open(url);
    expect(await api.send('POST', 'servers/42/actions/reset_password')).toEqual({ root_password: 'new' });
    expect(clock.slept).toEqual([2000]);
  });
});
