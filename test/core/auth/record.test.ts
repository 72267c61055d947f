import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Api } from '../../../src/core/api.ts';
import { readRecord, recordChanges, recordFile } from '../../../src/core/auth/record.ts';
import { Failure } from '../../../src/core/failure.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { failureOf, temporaryFolder } from '../config/home.ts';

const actor = { account: 'ada@example.com', user: 'user_1', session: 'session_1', context: 'prod' };

function open(send: (file: string) => Promise<unknown>) {
  const file = recordFile(path.join(temporaryFolder(), 'state'));
  const sent: string[] = [];
  const api = {
    async send(method: string, where: string) {
      sent.push(`${method} ${where}`);
      return send(file);
    },
  } as unknown as Api;
  return { file, sent, api: recordChanges(api, actor, { file, clock: fakeClock() }) };
}

describe('the record', () => {
  it('has who changes what before it is sent, and how it ended', async () => {
    const during: unknown[] = [];
    const { file, api } = open(async at => during.push(readRecord(at)));
    await api.send('POST', 'servers', { name: 'web', user_data: 'geheim', labels: { a: 'b' } });
    const deed = {
      id: expect.any(String),
      at: '2026-11-23T08:00:00.000Z',
      ...actor,
      method: 'POST',
      path: 'servers',
      body: { name: 'web', user_data: '[redacted]', labels: { a: 'b' } },
    };
    expect(during).toEqual([[deed]]);
    expect(readRecord(file)).toEqual([{ ...deed, result: 'done' }]);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.readFileSync(file, 'utf8')).not.toContain('geheim');
  });

  it('has what failed with its code, and nothing of what only reads', async () => {
    const { file, api } = open(() => Promise.reject(new Failure('refused', 'protected')));
    await failureOf(() => api.send('DELETE', 'servers/42'));
    await failureOf(() => api.send('GET', 'servers'));
    expect(readRecord(file).map(({ method, result }) => [method, result])).toEqual([['DELETE', 'refused']]);
  });

  it('that cannot be written keeps the change from being sent', async () => {
    const { file, api, sent } = open(async () => ({}));
    fs.mkdirSync(file, { recursive: true });
    expect(await failureOf(() => api.send('POST', 'servers', {}))).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('nothing was changed'),
    });
    expect(sent).toEqual([]);
  });

  it('that cannot be written any more does not make a change look like a failure', async () => {
    const { file, api } = open(async at => {
      fs.rmSync(at);
      fs.mkdirSync(at);
      return { done: true };
    });
    expect(await api.send('POST', 'servers', {})).toEqual({ done: true });
    fs.rmdirSync(file);
  });

  it('is read past lines that a full disk cut off, and tells of changes whose end is not known', async () => {
    const { file, api } = open(async () => ({}));
    await api.send('POST', 'servers', {});
    const [begun] = fs.readFileSync(file, 'utf8').split('\n');
    fs.appendFileSync(file, `{"id":"x","at":\n[]\nnull\n${begun!.replace(/"id":"[^"]*"/, '"id":"open"')}\n`);
    const deeds = readRecord(file);
    expect(deeds.map(({ id, result }) => [id === 'open', result])).toEqual([
      [false, 'done'],
      [true, undefined],
    ]);
    expect(readRecord(`${file}.not-there`)).toEqual([]);
  });
});
