import type { Generated } from 'kysely';

/** Milliseconds since the epoch, UTC. */
type Time = number;
/** 0 or 1. */
type Flag = number;
/** A JSON document. */
type Json = string;

/** One change of something that is watched: see `Condition`. */
export interface ConditionRow {
  readonly id: Generated<number>;
  readonly subject: string;
  readonly at: Time;
  readonly firing: Flag;
  /** When it will fire if it goes on, where it does not yet; null for what is wrong or right now. */
  readonly fires_at: Time | null;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly labels: Json;
  readonly summary: string;
  readonly details: Json | null;
}

/** A way to tell someone: see core/notify. */
export interface ChannelRow {
  readonly id: Generated<number>;
  readonly name: string;
  readonly type: string;
  /** By the names of the kind's settings; each secret is sealed with the store's key. */
  readonly settings: Json;
  /** It is told of what another channel does not take. */
  readonly fallback: Flag;
  /** Templates of title and text. */
  readonly subject: string | null;
  readonly body: string | null;
  /** Messages a minute. */
  readonly rate: number;
  /** Milliseconds after which a message is sent in a digest. */
  readonly max_age: number;
  /** Why nothing is sent by it, null while it is used. */
  readonly disabled: string | null;
  /** Messages that may be sent at once, as of `allowed_at`. */
  readonly allowance: number;
  readonly allowed_at: Time;
  readonly failing_since: Time | null;
  /** Whether the fallback was told that it is failing. */
  readonly told: Flag;
  /** Why the last message was not taken, null when it was. */
  readonly error: string | null;
  readonly sent: Time | null;
  readonly version: number;
  readonly created: Time;
  readonly updated: Time;
}

/** Something that is watched. */
export interface CheckRow {
  readonly id: Generated<number>;
  readonly name: string;
  readonly kind: string;
  /** Values of the kind's settings, by their names. */
  readonly settings: Json;
  /** `Policy` of core/checks. */
  readonly policy: Json;
  readonly labels: Json;
  /** The check that it depends on. */
  readonly parent_id: number | null;
  readonly paused: Flag;
  /** Of the policy: milliseconds between two runs, and those that one may take. */
  readonly every: number;
  readonly timeout: number;
  readonly next_due: Time;
  /** Names the claim of the daemon that runs it now, empty when none does; whoever changes the check takes the claim away. */
  readonly claim: string;
  readonly lease_until: Time;
  readonly state: 'new' | 'up' | 'down' | 'unknown';
  readonly since: Time;
  /** When its newest result was there. */
  readonly checked: Time | null;
  /** `Status` of daemon/checks: streaks, newest results, what was told. */
  readonly status: Json;
  /** SHA-256 of the token by which signs of life come. */
  readonly token: string | null;
  /** The last sign of life: `Beat` of core/checks. */
  readonly beat: Json | null;
  readonly created: Time;
  readonly updated: Time;
}

/** A message on its way by one channel. */
export interface DeliveryRow {
  readonly id: Generated<number>;
  /** The message's id. */
  readonly message: string;
  readonly channel_id: number;
  /** A digest of the message's thread, within which order is kept. */
  readonly thread: string;
  /** A `Message`. */
  readonly content: Json;
  /** `sending` while its job sends it; `folded` into the message that `digest` names. */
  readonly state: 'waiting' | 'sending' | 'done' | 'dead' | 'folded';
  readonly attempts: number;
  readonly next_at: Time;
  readonly digest: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly created: Time;
  readonly finished: Time | null;
}

export interface InboxRow {
  readonly id: Generated<number>;
  readonly message: string;
  readonly at: Time;
  readonly status: string;
  readonly severity: ConditionRow['severity'];
  readonly title: string;
  readonly content: Json;
  readonly seen: Time | null;
}

/** What the conditions of one subject have come to. */
export interface AlertRow {
  readonly id: Generated<number>;
  readonly subject: string;
  /** `pending` for what has never fired and is suspected. */
  readonly state: 'firing' | 'resolved' | 'pending';
  readonly severity: ConditionRow['severity'];
  readonly labels: Json;
  readonly summary: string;
  readonly details: Json | null;
  /** `Pending` of core/alerts: what is suspected of it now, null where nothing is. */
  readonly pending: Json | null;
  /** How often it has begun. */
  readonly firings: number;
  /** Of its last condition. */
  readonly at: Time;
  readonly started: Time;
  readonly ended: Time | null;
  readonly acknowledged: Time | null;
  readonly acknowledged_by: string | null;
  readonly acknowledged_reason: string | null;
  readonly version: number;
}

export interface RouteRow {
  readonly id: Generated<number>;
  readonly name: string;
  /** Routes are asked in this order. */
  readonly place: number;
  /** A `RouteSpec` of core/alerts. */
  readonly spec: Json;
  readonly version: number;
  readonly created: Time;
  readonly updated: Time;
}

/** Alerts that are told of together. */
export interface GroupRow {
  readonly id: string;
  /** 0 for the default route. */
  readonly route_id: number;
  readonly labels: Json;
  readonly next_at: Time;
  /** When its last message was written. */
  readonly sent: Time | null;
  readonly version: number;
  readonly created: Time;
}

/** What was told of an alert in a group. */
export interface GroupAlertRow {
  readonly group_id: string;
  /** Of the alert. */
  readonly subject: string;
  /** The alert's `firings` of which it was told that it fires, null when nothing was told. */
  readonly told_firing: number | null;
  readonly told_first: Time | null;
  readonly escalated: Flag;
}

export interface SilenceRow {
  readonly id: Generated<number>;
  readonly matchers: Json;
  /** The one alert that it is for, null where matchers choose. */
  readonly subject: string | null;
  readonly author: string;
  readonly reason: string;
  readonly starts: Time;
  readonly ends: Time;
  readonly created: Time;
}

/** A state that a check was in; rows of one check do not overlap. */
export interface StateRow {
  readonly id: Generated<number>;
  readonly check_id: number;
  readonly state: 'up' | 'down' | 'unknown';
  readonly begun: Time;
  /** Null while it is. */
  readonly ended: Time | null;
  readonly reason: string;
}

/** Times in which checks are worked on. */
export interface MaintenanceRow {
  readonly id: Generated<number>;
  readonly name: string;
  /** `MaintenanceSpec` of daemon/checks. */
  readonly spec: Json;
  readonly created: Time;
  /** When it was deleted; what lay before stays out of the uptime. */
  readonly ended: Time | null;
}
