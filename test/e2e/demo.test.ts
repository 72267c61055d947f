import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { untilEnd } from './binary.ts';

it('the demo of the README runs to its end by itself, and leaves nothing behind', { timeout: 120_000 }, async () => {
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
    'cost',
  ])
    expect(out).toContain(`$ cloudctl ${line}`);
  expect(left()).toEqual(before);
});
