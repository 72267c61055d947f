import type { Event } from '@workos-inc/node';
import { always, type End, memberOf } from './workos-ends.ts';

/** What of WorkOS's events is asked for. */
export const kinds = [
  'organization_membership.deleted',
  'organization_membership.updated',
  'user.deleted',
  'user.updated',
  'session.revoked',
] as const;

/** What events come to: whose standing is to be looked at, which sessions have ended, and which access tokens end. */
export interface News {
  readonly users: readonly string[];
  readonly sessions: readonly string[];
  readonly ends: readonly End[];
}

/** What a page of events says. That somebody stands otherwise is all that is taken from them: how, WorkOS is asked, so that old and repeated ones do no harm. */
export function readNews(events: readonly Event[], organizations: readonly string[]): News {
  const users = new Set<string>();
  const sessions: string[] = [];
  const ends: End[] = [];
  for (const one of events) {
    if (one.event === 'session.revoked') sessions.push(one.data.id);
    if (one.event === 'session.revoked') ends.push({ subject: one.data.id, issued: always });
    if (one.event === 'user.deleted') ends.push({ subject: one.data.id, issued: always });
    if (one.event === 'user.deleted' || one.event === 'user.updated') users.add(one.data.id);
    if (one.event === 'organization_membership.deleted' || one.event === 'organization_membership.updated') {
      const { userId, organizationId, status } = one.data;
      if (!organizations.includes(organizationId)) continue;
      users.add(userId);
      const isOut = one.event === 'organization_membership.deleted' || status === 'inactive';
      if (isOut) ends.push({ subject: memberOf(userId, organizationId), issued: Date.parse(one.createdAt) });
    }
  }
  return { users: [...users], sessions, ends };
}
