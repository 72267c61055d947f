import type { Generated } from 'kysely';

/** Milliseconds since the epoch, UTC. */
type Time = number;
/** A JSON document. */
type Json = string;

/** A project of Hetzner that the gateway stands before. */
export interface ProjectRow {
  readonly id: Generated<number>;
  readonly name: string;
  readonly endpoint: string;
  /** Sealed; null for the project whose token the configuration gives. */
  readonly token: string | null;
  /** When its token ends, where somebody has said so. */
  readonly token_expires: Time | null;
  readonly created: Time;
  readonly updated: Time;
}

/** A person; by WorkOS or with a password here. */
export interface UserRow {
  readonly id: Generated<number>;
  /** In lower case; for somebody of WorkOS whose address is not known the id there. */
  readonly email: string;
  readonly name: string;
  readonly role: string;
  /** Those of one team own together what they make. */
  readonly team: string | null;
  /** The project that is meant where a request names none. */
  readonly project_id: number | null;
  readonly state: 'invited' | 'active' | 'disabled';
  /** As scrypt made it, null without one. */
  readonly password: string | null;
  readonly workos_id: string | null;
  /** The role that WorkOS gave at the last sight, where it is one that there is here; it goes before `role`. */
  readonly workos_role: string | null;
  /** When WorkOS changed that role last, by its own clock: what was said before it does not count. Null where it was not asked. */
  readonly workos_at: Time | null;
  /** SHA-256 of what the invitation's link has, null when it was taken. */
  readonly invitation: string | null;
  readonly invited_until: Time | null;
  readonly seen: Time | null;
  readonly created: Time;
  readonly updated: Time;
}

/** What a script or a signed-in person comes in with; the text itself is nowhere. */
export interface TokenRow {
  readonly id: Generated<number>;
  readonly kind: 'token' | 'session';
  readonly name: string;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  /** Whose it is; null for one that an administrator of the host made for no user. */
  readonly user_id: number | null;
  /** Who made it, as the audit log has it. */
  readonly issuer: string;
  /** The id of a session at WorkOS, whose `hash` is that of the id; null for those of the daemon's own. */
  readonly workos_session: string | null;
  /** The role that it has at most; null for that of its user. */
  readonly role: string | null;
  /** The permissions that it has at most; null for all of the role. */
  readonly permissions: Json | null;
  /** Labels of what it reaches; null for all. */
  readonly selector: string | null;
  /** The one project that it is for; null for those of its user. */
  readonly project_id: number | null;
  /** Where a session began. */
  readonly address: string | null;
  readonly created: Time;
  readonly expires: Time;
  readonly used: Time | null;
  readonly revoked: Time | null;
}

/** Access tokens of WorkOS that are not taken any more although they have not expired. */
export interface WorkosEndRow {
  /** A session's id, a user's, or `user/organization`. */
  readonly subject: string;
  /** Its tokens that were issued until then are refused. */
  readonly issued: Time;
  readonly created: Time;
}

/** A role that an administrator made. */
export interface RoleRow {
  readonly id: Generated<number>;
  readonly name: string;
  readonly summary: string;
  /** Grants by permission. */
  readonly permissions: Json;
  readonly created: Time;
  readonly updated: Time;
}

/** Somebody may do something with one resource, which the role alone would not allow (`grant`). */
export interface PermitRow {
  readonly id: Generated<number>;
  readonly user_id: number;
  readonly permission: string;
  readonly project_id: number;
  readonly type: string;
  readonly resource_id: number;
  readonly author: string;
  readonly created: Time;
}

/** Whose a resource is; the label at Hetzner only follows it. */
export interface OwnershipRow {
  readonly id: Generated<number>;
  readonly project_id: number;
  /** Path of the collection: `servers`. */
  readonly type: string;
  readonly resource_id: number;
  /** `user-12`, `team-web`. */
  readonly owner: string;
  readonly author: string;
  /** The label `cloudctl/request` that it was made with. */
  readonly request: string | null;
  readonly created: Time;
  /** When it was gone; null while it is there. */
  readonly closed: Time | null;
}

/** Something that is to be made, entered before Hetzner is asked. */
export interface IntentRow {
  /** The label `cloudctl/request`: 32 hexadecimal digits. */
  readonly request: string;
  readonly project_id: number;
  readonly type: string;
  readonly owner: string;
  readonly author: string;
  /** `open` until it is known what came of it. */
  readonly state: 'open' | 'made' | 'not-made';
  readonly resource_id: number | null;
  readonly created: Time;
  readonly updated: Time;
}

/** An action of Hetzner, and who began it. */
export interface DeedRow {
  readonly project_id: number;
  readonly action_id: number;
  readonly owner: string;
  readonly author: string;
  readonly created: Time;
}

/** How many resources of a type an owner may have; the owner `*` is everybody who has none of his own. */
export interface QuotaRow {
  readonly id: Generated<number>;
  readonly owner: string;
  readonly type: string;
  readonly most: number;
  readonly updated: Time;
}

/** Room in an owner's quotas that a change has taken before Hetzner shows it. */
export interface ReservationRow {
  readonly owner: string;
  /** 1, 2, 3 ... for each owner: of two that have counted at once one finds its number taken, and counts again. */
  readonly seq: number;
  readonly project_id: number;
  /** The label `cloudctl/request` of what is made; null for what makes something bigger. */
  readonly request: string | null;
  /** What there will be: `Wanted` of daemon/gateway/quotas. */
  readonly wanted: Json;
  /** How long it counts where no intent tells what came of it. */
  readonly until: Time;
  readonly created: Time;
}

/** A request that waits for a second person. */
export interface ApprovalRow {
  readonly id: Generated<number>;
  readonly user_id: number | null;
  readonly requester: string;
  readonly project_id: number;
  readonly method: string;
  readonly path: string;
  readonly permission: string;
  /** Sealed; null where the request has none. */
  readonly body: string | null;
  /** What tells the request from others, while the same one is not asked for anew; null when it was used or has expired. */
  readonly live: string | null;
  readonly state: 'waiting' | 'approved' | 'denied' | 'used';
  readonly decided_by: string | null;
  readonly decided: Time | null;
  readonly created: Time;
  readonly expires: Time;
}
