import type { Grant } from './operation.ts';
import { operations } from './operations.ts';
import { isReading } from './permissions.ts';
import type { Principal } from './principal.ts';

/** How the caller stands to a resource; `public` is everybody's to see, such as a system image, and `none` is where there is none: a list, a create. */
export type Relation = 'own' | 'foreign' | 'public' | 'none';

export interface Question {
  readonly permission: string;
  /** Path of the resource's collection: for `images:create` it is `servers`. */
  readonly type: string;
  readonly relation: Relation;
  /** What permits let the caller do with this very resource. */
  readonly permits?: readonly string[];
}

/** Who asks: the role, and what it or a token of somebody's narrows it to. */
type Caller = Pick<Principal, 'role' | 'grants' | 'token' | 'user'>;

/**
 * `allowed`; `quota`: when its quota has room; `approval`: when a second person agrees; `hidden`: answered as if there
 * were no such resource (404); `forbidden`: 403 with the sentence.
 */
export type Decision =
  | { readonly kind: 'allowed' | 'quota' | 'approval' | 'hidden' }
  | { readonly kind: 'forbidden'; readonly message: string };

const allowed: Decision = { kind: 'allowed' };
const quota: Decision = { kind: 'quota' };
const approval: Decision = { kind: 'approval' };
const hidden: Decision = { kind: 'hidden' };

/** Whether somebody may do something with a resource. A permit lifts every grant but `none` to `all` for the resource that it names, and lets see it. */
export function may(caller: Caller, question: Question): Decision {
  const { permission, type, relation, permits = [] } = question;
  const grant = caller.grants[permission] ?? 'none';
  if (grant === 'all') return allowed;
  if (grant !== 'none' && (permits.includes(permission) || (permits.length > 0 && permission === `${type}:read`))) {
    return allowed;
  }
  const forbidden = (): Decision => ({ kind: 'forbidden', message: refusal(caller, permission, grant) });
  switch (relation) {
    case 'none':
      // A list has what the caller may see, which may be nothing.
      if (grant !== 'none' && isReading(permission)) return allowed;
      return withOwn(grant) ?? forbidden();
    case 'own':
      // An owner needs nobody else.
      return (grant === 'approve' ? allowed : withOwn(grant)) ?? forbidden();
    case 'public':
      if (grant !== 'none' && isReading(permission)) return allowed;
      return grant === 'approve' ? approval : forbidden();
    case 'foreign': {
      const sees = permits.length > 0 || caller.grants[`${type}:read`] === 'all';
      if (grant === 'approve') return approval;
      return sees ? forbidden() : hidden;
    }
  }
}

/** Whether everybody may see a thing of Hetzner's, since it belongs to nobody: what Hetzner offers, its images and its public ISOs. */
export function isPublic(collection: string, item: { readonly type?: unknown } = {}): boolean {
  if (collection === 'images') return item.type === 'system' || item.type === 'app';
  if (collection === 'isos') return item.type === 'public';
  return offers.has(collection);
}

const offers = new Set(
  operations.filter(({ permission }) => permission === 'catalog:read').map(({ path }) => path.split('/')[0]!),
);

function withOwn(grant: Grant): Decision | undefined {
  return { own: allowed, quota, approve: approval, all: allowed, grant: undefined, none: undefined }[grant];
}

function refusal({ role, token, user }: Caller, permission: string, grant: Grant): string {
  const who = `the role '${role}'${token !== undefined && user !== undefined ? ', or this token,' : ''}`;
  const start = `not permitted: ${who} has ${permission}`;
  if (grant === 'none') return `not permitted: ${who} has not the permission ${permission}`;
  if (grant === 'grant') return `${start} only for what an administrator names in a permit`;
  return `${start} only for what is its own`;
}
