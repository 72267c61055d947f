import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { untilEnd } from './binary.ts';

it('the demo of the README runs to its end by itself, and leaves nothing behind', { timeout: 180_000 }, async () => {
  const left = () => readdirSync(tmpdir()).filter(name => name.startsWith('cloudctl-demo-'));
  const before = left();
  const child = spawn(process.execPath, ['scripts/demo.mjs'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  const { status, out, err } = await untilEnd(child);
  expect({ status, err }).toMatchObject({ status: 0 });
  for (const line of [
    'login',
    'server create',
    'snapshot create',
    'daemon start',
    'schedule plan',
    'audit verify',
    'channel create',
    'alert list',
    'alert ack',
    'token create ben',
    'server describe shop-cleo',
    'cost',
  ])
    expect(out).toContain(`$ cloudctl ${line}`);
  for (const told of ['alert.firing: FIRING: site is down', 'alert.resolved: RESOLVED: site is up'])
    expect(out).toContain(`(received: ${told}`);
  expect(left()).toEqual(before);
});
