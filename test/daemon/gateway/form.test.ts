import { describe, expect, it } from 'vitest';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const { open } = stores[0]!;
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a body', () => {
  it.each([
    ['a key in other letters', '{"name":"v","size":10,"Server":1}'],
    ['a key that folds to one of the API', '{"name":"v","size":10,"\u017ferver":1}'],
    ['such a key within', '{"name":"v","size":10,"x":[{"Server":{"id":1}}]}'],
    ['labels in other letters', '{"name":"v","size":10,"location":"fsn1","Labels":{"cloudctl/owner":"user-2"}}'],
    ['labels that are a text', '{"name":"v","size":10,"location":"fsn1","labels":"x"}'],
    ['labels that are a list', '{"name":"v","size":10,"location":"fsn1","labels":["x"]}'],
    ['labels that hold more', '{"name":"v","size":10,"location":"fsn1","labels":{"a":{}}}'],
    ['what nothing of the API is as deep as', `{"name":"v","size":10,"location":"fsn1","x":${nested(20)}}`],
    ['what is too deep for any reader', `{"name":"v","size":10,"location":"fsn1","x":${nested(100_000)}}`],
  ])('is refused, and nothing of it sent on, with %s', async (_, text) => {
    const { app, tokenOf, sandbox } = await startGateway(open);
    const headers = { authorization: `Bearer ${await tokenOf('ada@x.test')}` };
    const answer = await app.request('/v1/volumes', { method: 'POST', headers, body: text });
    const { error } = (await answer.json()) as { error: { code: string } };
    expect([answer.status, error.code]).toEqual([422, 'invalid_input']);
    expect(sandbox.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('may have any labels that are the caller’s own', async () => {
    const { ask, tokenOf } = await startGateway(open);
    const labels = { Env: 'prod', 'example.com/Tier': 'web' };
    const body = { name: 'n', ip_range: '10.0.0.0/16', labels };
    const made = await ask(await tokenOf('ada@x.test'), 'POST', 'networks', body);
    expect(made.status).toBe(201);
    expect(made.body.network.labels).toEqual(labels);
  });
});
