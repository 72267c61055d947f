import { describe, expect, it } from 'vitest';
import type { Grant } from '../../../src/core/access/operation.ts';
import { grantsOf, roles } from '../../../src/core/access/roles.ts';
import { requirePermission } from '../../../src/daemon/api/permission.ts';
import { routesOf, served } from '../../../src/daemon/api/routes.ts';
import { hostAdmin } from '../../../src/daemon/gateway/people/principal.ts';
import { openApi } from '../api/served.ts';
import { entering } from './people.ts';

const routes = routesOf(served);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("what each role may do with the daemon's own resources", () => {
  it.each(roles.map(({ name }) => name))('is held on every route for the role %s', async role => {
    const { ask, store, clock } = await openApi();
    const { user, token } = entering(store, clock.now);
    const text = await token(await user('ada@example.com', { role }));
    const grants = grantsOf(role);
    for (const { method, path, permission } of routes) {
      const grant = grants[permission] ?? 'none';
      const may = grant === 'all' || grant === 'own';
      const at = `/cloudctl/v1/${path.replace(':id', '999999')}`;
      const { status, body } = await ask(method, at, method === 'GET' ? undefined : {}, bearer(text), 'tcp');
      if (may) expect(status, `${method} ${path}`).not.toBe(403);
      else {
        expect(status, `${method} ${path}`).toBe(403);
        expect(body.error.message).toMatch(permission);
        expect(body.error.message).toMatch(`role ${role}`);
      }
    }
  });

  it('is everything for an administrator', () => {
    const admin = { ...hostAdmin('root@socket'), requestId: 'r', address: 'socket' };
    for (const { permission } of routes) expect(() => requirePermission(admin, permission)).not.toThrow();
  });

  it("is entered in the audit log when refused, under the caller's name", async () => {
    const { ask, store, clock, entries } = await openApi();
    const { user, token } = entering(store, clock.now);
    const text = await token(await user('ada@example.com', { role: 'viewer' }));
    await ask('DELETE', '/cloudctl/v1/schedules/7', undefined, bearer(text), 'tcp');
    expect(await entries()).toMatchObject([
      {
        actor: 'token ci (ada@example.com)',
        action: 'schedule.delete',
        target_type: 'schedule',
        target_id: '7',
        result: 'refused',
        reason:
          'forbidden: this takes the permission schedule:write, which the role viewer, or this token, does not have',
      },
    ]);
  });

  it('is nothing for a token that is bound to labels or to one project', async () => {
    const { ask, store, clock } = await openApi();
    const { user, token } = entering(store, clock.now);
    const admin = await user('ada@example.com', { role: 'admin' });
    for (const bound of [{ selector: 'env=dev' }, { project_id: 1 }]) {
      const text = await token(admin, bound);
      expect(await ask('GET', '/cloudctl/v1/schedules', undefined, bearer(text), 'tcp')).toMatchObject({ status: 403 });
    }
  });

  it.each(['actions?id=1', 'events'])('counts for /%s too', async path => {
    const { ask, store, clock } = await openApi();
    const { user, token } = entering(store, clock.now);
    const text = await token(await user('ada@example.com'));
    const at = `/cloudctl/v1/${path}`;
    expect(await ask('GET', at, undefined, bearer(text), 'tcp')).toMatchObject({ status: 403 });
  });

  it('is not given by a grant for some things where all are meant', () => {
    const asking = (permission: string, grant: Grant) => () => {
      const caller = { ...hostAdmin('x'), grants: { [permission]: grant }, requestId: 'r', address: 'socket' };
      requirePermission(caller, permission);
    };
    for (const grant of ['own', 'quota', 'approve', 'grant', 'none'] satisfies Grant[]) {
      expect(asking('job:read', grant)).toThrow('this takes the permission job:read');
      if (grant === 'own') expect(asking('token:read', grant)).not.toThrow();
      else expect(asking('token:read', grant)).toThrow('token:read');
    }
  });
});
