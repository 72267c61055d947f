import { describe, expect, it } from 'vitest';
import { listenOnSocket, openApi } from '../daemon/api/served.ts';
import { run, temporaryHome } from '../helpers/run.ts';

async function desk(options: Parameters<typeof openApi>[0] = {}) {
  const api = await openApi(options);
  api.backup.rows.push({
    id: 1042,
    name: 'web-1 2026-11-24',
    server_name: 'web-1',
    schedule_name: 'nightly',
    size: 1.5,
    created: '2026-11-24T03:00:00Z',
    state: 'good',
  });
  const { address } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome() };
  const asked = (verb: string) => api.backup.asked.find(one => one.verb === verb)?.request;
  return { ...api, asked, cloudctl: (line: string) => run(undefined, line, { env }) };
}

describe('cloudctl backup', () => {
  it('lists backups by server, schedule and state', async () => {
    const { cloudctl, asked } = await desk();
    const { out } = await cloudctl(
      'backup list --server web-1 --schedule nightly --state good,failed -o columns=id,server,schedule,size,state',
    );
    expect(out).toBe('ID     SERVER   SCHEDULE   SIZE      STATE\n1042   web-1    nightly    1.50 GB   good\n');
    expect(asked('list')?.input).toEqual({ server: 'web-1', schedule: 'nightly', state: ['good', 'failed'] });
    expect((await cloudctl('backup list --state splendid')).status).toBe(2);
  });

  it('holds with a reason and until when, and lets go', async () => {
    const { cloudctl, asked } = await desk();
    expect(await cloudctl('backup hold 1042')).toMatchObject({ status: 2, err: expect.stringMatching('--reason') });
    expect((await cloudctl("backup hold 1042 --reason 'for the audit' --until 2027-01-01")).status).toBe(0);
    expect(asked('hold')).toMatchObject({ id: 1042, input: { reason: 'for the audit', until: '2027-01-01' } });
    for (const verb of ['release', 'undelete', 'verify']) {
      expect(await cloudctl(`backup ${verb} 1042`)).toMatchObject({
        status: 0,
        out: `1042: ${verb} done\n`,
      });
    }
  });

  it('waits for what Hetzner does to restore one', async () => {
    const action = {
      id: 7,
      command: 'create_server',
      progress: 0,
      started: '2026-11-25T08:00:00Z',
      resources: [],
      error: null,
    };
    const asked: unknown[] = [];
    const send = async (...call: unknown[]) => {
      asked.push(call);
      return { actions: [{ ...action, status: 'success', finished: '2026-11-25T08:01:00Z' }] };
    };
    const { cloudctl, backup } = await desk({ tools: { hetzner: { send } as never } });
    const restore = async () => ({ backup: backup.rows[0], action: { ...action, status: 'running', finished: null } });
    Object.assign(backup.service, { restore });
    const done = await cloudctl('backup restore 1042 --new-server web-2 -o json');
    expect(JSON.parse(done.out).actions).toMatchObject([{ id: 7, status: 'success' }]);
    expect(asked).toEqual([['GET', 'actions', undefined, { id: [7] }]]);
  });

  it('restores into a new server without a question, and over a server only after one', async () => {
    const { cloudctl, asked } = await desk();
    expect((await cloudctl('backup restore 1042 --new-server web-2 --type cx22 --location fsn1')).status).toBe(0);
    expect(asked('restore')?.input).toEqual({ 'new-server': 'web-2', type: 'cx22', location: 'fsn1' });
    const refused = await cloudctl('backup restore 1042 --rebuild web-1');
    expect(refused).toMatchObject({ status: 2, err: expect.stringMatching('destroys data') });
    expect((await cloudctl('backup restore 1042 --rebuild web-1 --yes')).status).toBe(0);
  });
});
