import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exchange, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { fakeClock } from '../helpers/clock.ts';
import { run, temporaryHome, words } from '../helpers/run.ts';
import { createValidator } from '../helpers/schema.ts';
import { furnish, type Ids } from './hcloud-fixture.ts';
import { imageLines } from './hcloud-lines/image.ts';
import type { Line } from './hcloud-lines/line.ts';
import { globalFlags, readOnlyLines } from './hcloud-lines/read-only.ts';
import { serverLines } from './hcloud-lines/server.ts';
import { sshKeyLines } from './hcloud-lines/ssh-key.ts';
import { volumeLines } from './hcloud-lines/volume.ts';

const clock = fakeClock(Date.parse('2026-11-23T08:00:00Z'));
const home = temporaryHome();
const validator = createValidator();
let exchanges: Exchange[] = [];
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ clock, speed: 100, rateLimit: 1e9, observe: exchange => exchanges.push(exchange) });
  writeFileSync(join(home, 'user-data.txt'), '#cloud-config\n');
  const [created] = sshKeyLines.filter(([line]) => line.includes("--public-key '"));
  writeFileSync(join(home, 'new.pub'), words(created![0]).at(-1)!);
});
afterAll(() => sandbox.stop());

/** `$name` in the text is that fixture's id; alone in a value it is the number. */
function fill(value: unknown, known: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') {
    const whole = /^\$([\w.-]+)$/.exec(value)?.[1];
    if (whole !== undefined && whole in known) return known[whole];
    return value.replace(/\$([a-z0-9]+)/g, (text, name: string) => String(known[name] ?? text));
  }
  if (Array.isArray(value)) return value.map(item => fill(item, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, known)]));
}

async function prepare(): Promise<Record<string, unknown>> {
  sandbox.reset();
  const ids: Ids = await furnish(sandbox, clock);
  const headers = { Authorization: `Bearer ${sandbox.token}` };
  const read = async (path: string) => {
    const answer = await fetch(`${sandbox.url}/${path}`, { headers });
    // biome-ignore lint/suspicious/noExplicitAny: the fixture's own answers.
    return (await answer.json()) as any;
  };
  const ipv4 = (await read(`servers/${ids.on}`)).server.public_net.ipv4.ip;
  const [debian] = (await read('images?name=debian-13&architecture=x86')).images;
  exchanges = [];
  return { ...ids, ipv4, 'debian-13': String(debian.id), url: sandbox.url };
}

/** Ids may be sent as numbers or, where the API takes names too, as strings. */
const loosely = (value: unknown) =>
  JSON.parse(JSON.stringify(value ?? null), (_, item) => (typeof item === 'number' ? String(item) : item));

async function type(line: string, known: Record<string, unknown>) {
  const argv = words(fill(line, known) as string).map(word =>
    /\.(txt|pub|toml|log)$/.test(word) ? join(home, word) : word,
  );
  return run(sandbox, argv, { clock, env: { CLOUDCTL_YES: '1', HOME: home } });
}

/** The body without the label by which cloudctl finds an image again whose reply was lost. */
function withoutRequestLabel(body: unknown): unknown {
  const { labels, ...rest } = (body ?? {}) as { labels?: Record<string, string> };
  if (!labels || !('cloudctl/request' in labels)) return body;
  const { 'cloudctl/request': _, ...own } = labels;
  return Object.keys(own).length > 0 ? { ...rest, labels: own } : rest;
}

async function check([line, request, body]: Line) {
  const known = await prepare();
  const { status, err } = await type(line, known);
  expect({ status, err: status === 0 ? '' : err }).toEqual({ status: 0, err: '' });
  const changes = exchanges.filter(({ method }) => method !== 'GET');
  expect(changes.length > 0).toBe(request !== undefined);
  if (request !== undefined) {
    const [first] = changes;
    expect(`${first!.method} ${first!.path.replace('/v1/', '')}`).toBe(fill(request, known));
    expect(loosely(withoutRequestLabel(first!.requestBody))).toEqual(loosely(fill(body, known)));
  }
  if (validator) expect(exchanges.flatMap(exchange => validator.checkRequest(exchange))).toEqual([]);
}

describe.each([
  ['server', serverLines],
  ['volume', volumeLines],
  ['ssh-key', sshKeyLines],
  ['image', imageLines],
  ['reading and help', readOnlyLines],
] as const)("hcloud's command lines: %s", (_, lines) => {
  it.each(lines.map(line => [line[0], line] as const))('%s', (_text, line) => check(line));
});

describe("hcloud's global flags", () => {
  it.each(globalFlags)('server list %s', async flag => {
    const known = await prepare();
    expect((await type(`server list ${flag}`, known)).status).toBe(0);
    expect((await type(`${flag} server list`, known)).status).toBe(0);
  });
});
