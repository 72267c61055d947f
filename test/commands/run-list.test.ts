import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { run } from '../helpers/run.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ speed: Number.POSITIVE_INFINITY, seed: { servers: 3 } });
});
afterEach(() => sandbox.stop());

describe('a list as a table', () => {
  it('shows rows whose columns need names beside those whose do not', async () => {
    const join = {
      name: 'inner',
      ip_range: '10.0.0.0/16',
      subnets: [{ type: 'cloud', ip_range: '10.0.0.0/24', network_zone: 'eu-central' }],
    };
    const post = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' };
      const answer = await fetch(`${sandbox.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(answer.ok).toBe(true);
      return (await answer.json()) as { network: { id: number } };
    };
    const { network } = await post('/networks', join);
    const [first] = sandbox.state.servers.keys();
    await post(`/servers/${first}/actions/attach_to_network`, { network: network.id });
    const { status, out } = await run(sandbox, 'server list -o columns=name,private_net,status');
    expect(status).toBe(0);
    const [, ...lines] = out.trimEnd().split('\n');
    expect(lines.map(line => line.split(/ {3,}/))).toEqual([
      ['web-0001', expect.stringMatching(/^10\.0\.0\.\d+ \(inner\)$/), 'running'],
      ['web-0002', '-', 'running'],
      ['web-0003', '-', 'running'],
    ]);
  });

  it('of many pages comes without a warning of Node about listeners', async () => {
    const many = await startSandbox({ seed: { servers: 600 } });
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    const { out } = await run(many, 'server list -o name');
    await new Promise(setImmediate);
    process.off('warning', note);
    await many.stop();
    expect(out.trimEnd().split('\n')).toHaveLength(600);
    expect(warnings).toEqual([]);
  });

  it('is sorted by a column that the API does not sort by', async () => {
    const { out } = await run(sandbox, 'server list -o columns=name -o noheader -s name:desc');
    expect(out).toBe('web-0003\nweb-0002\nweb-0001\n');
  });

  it.each(['name', 'id'])('of only a %s has a line for each item', async kind => {
    const { out } = await run(sandbox, `server list -o ${kind}`);
    expect(out.trimEnd().split('\n')).toHaveLength(3);
  });
});
