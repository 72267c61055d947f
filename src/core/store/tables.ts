import type { Generated } from 'kysely';

/** Milliseconds since the epoch, UTC. */
type Time = number;
/** 0 or 1. */
type Flag = number;
/** A JSON document. */
type Json = string;

/** Facts about the store itself, by name: who it is, whether deletions are frozen. */
export interface MetaRow {
  readonly name: string;
  readonly value: string;
}

export interface JobRow {
  readonly id: Generated<number>;
  /** Two jobs never have the same one, whatever became of the first. */
  readonly unique_key: string;
  readonly name: string;
  readonly payload: Json;
  readonly state: 'waiting' | 'active' | 'done' | 'dead';
  readonly run_at: Time;
  /** How often it has failed. */
  readonly attempts: number;
  /** One more with each claim: whoever holds an older one may change nothing. */
  readonly fence: number;
  readonly worker: string | null;
  readonly lease_until: Time | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly created: Time;
  readonly finished: Time | null;
}

export interface ScheduleRow {
  readonly id: Generated<number>;
  readonly name: string;
  /** What was asked for: `ScheduleSpec` of core/backup. */
  readonly spec: Json;
  /** One more with each change. */
  readonly version: number;
  readonly paused: Flag;
  /** When it is due next, before jitter; null while it is paused. */
  readonly next_due: Time | null;
  readonly last_due: Time | null;
  /** The same for its restore tests. */
  readonly next_verify: Time | null;
  readonly last_verify: Time | null;
  /** Since when a change waits for an approval before anything is deleted, null when none does. */
  readonly approval_since: Time | null;
  readonly created: Time;
  readonly updated: Time;
}

/** One image to be made of one server for one due time, or one restore test. */
export interface RunRow {
  /** 32 hexadecimal digits; the label `cloudctl/run` of its image. */
  readonly id: string;
  readonly kind: 'backup' | 'verify';
  readonly schedule_id: number;
  readonly schedule_name: string;
  readonly server_id: number;
  readonly server_name: string;
  readonly due: Time;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'missed' | 'skipped';
  /** How far it has come, while it is running: a name of the steps of daemon/backup. */
  readonly step: string;
  /** What the steps have to know: action and image ids, when the wait began. */
  readonly data: Json;
  readonly image_id: number | null;
  readonly reason: string | null;
  readonly started: Time | null;
  readonly finished: Time | null;
}

/** An image that a run has made, as far as the daemon knows of it. */
export interface ImageRow {
  /** Hetzner's id. */
  readonly id: number;
  readonly run_id: string;
  readonly schedule_id: number;
  readonly schedule_name: string;
  readonly server_id: number;
  readonly server_name: string;
  readonly created: Time;
  /** Gigabytes, null until it is known. */
  readonly size: number | null;
  /** Only `good` ones count; `duplicate` is a second one for the same due time. */
  readonly state: 'creating' | 'good' | 'failed' | 'duplicate' | 'gone' | 'deleted';
  readonly protected: Flag;
  /** Why a person holds it, null when nobody does. */
  readonly hold_reason: string | null;
  readonly hold_until: Time | null;
  /** When it may be deleted, null while it is not marked. */
  readonly delete_after: Time | null;
  readonly delete_reason: string | null;
  /** When its last restore test succeeded. */
  readonly verified: Time | null;
  /** Its schedule is gone or renamed, or a person let go of it: 0, 1. */
  readonly unmanaged: Flag;
  readonly released: Flag;
  readonly seen: Time;
}

/** One link of the audit log's chain; rows are added, never changed. */
export interface AuditRow {
  /** 1, 2, 3 ... without a gap. */
  readonly seq: number;
  readonly at: Time;
  /** The entry that this one tells the outcome of. */
  readonly of_seq: number | null;
  readonly actor: string;
  readonly action: string;
  readonly target_type: string;
  readonly target_id: string;
  readonly target_name: string;
  readonly request_id: string | null;
  readonly address: string | null;
  readonly result: 'begun' | 'done' | 'refused' | 'failed';
  readonly reason: string | null;
  readonly difference: Json | null;
  readonly hash: string;
}

export interface CheckpointRow {
  readonly seq: number;
  readonly at: Time;
  readonly hash: string;
  readonly signature: string;
}

/** What has happened, for those who watch. */
export interface EventRow {
  readonly id: Generated<number>;
  readonly at: Time;
  readonly type: string;
  readonly data: Json;
}

/** One change of something that is watched: see `Condition`. */
export interface ConditionRow {
  readonly id: Generated<number>;
  readonly subject: string;
  readonly at: Time;
  readonly firing: Flag;
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
  readonly state: 'firing' | 'resolved';
  readonly severity: ConditionRow['severity'];
  readonly labels: Json;
  readonly summary: string;
  readonly details: Json | null;
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

/** Every table of the store. */
export interface Tables {
  readonly meta: MetaRow;
  readonly jobs: JobRow;
  readonly schedules: ScheduleRow;
  readonly runs: RunRow;
  readonly images: ImageRow;
  readonly audit: AuditRow;
  readonly checkpoints: CheckpointRow;
  readonly events: EventRow;
  readonly conditions: ConditionRow;
  readonly channels: ChannelRow;
  readonly deliveries: DeliveryRow;
  readonly inbox: InboxRow;
  readonly alerts: AlertRow;
  readonly routes: RouteRow;
  readonly alert_groups: GroupRow;
  readonly group_alerts: GroupAlertRow;
  readonly silences: SilenceRow;
  readonly checks: CheckRow;
  readonly states: StateRow;
  readonly maintenances: MaintenanceRow;
}
