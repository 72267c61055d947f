import type { Generated } from 'kysely';
import type {
  ApprovalRow,
  DeedRow,
  IntentRow,
  OwnershipRow,
  PermitRow,
  ProjectRow,
  QuotaRow,
  ReservationRow,
  RoleRow,
  TokenRow,
  UserRow,
  WorkosEndRow,
} from './tables-gateway.ts';
import type {
  AlertRow,
  ChannelRow,
  CheckRow,
  ConditionRow,
  DeliveryRow,
  GroupAlertRow,
  GroupRow,
  InboxRow,
  MaintenanceRow,
  RouteRow,
  SilenceRow,
  StateRow,
} from './tables-watch.ts';

export type * from './tables-gateway.ts';
export type * from './tables-watch.ts';

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
  readonly projects: ProjectRow;
  readonly users: UserRow;
  readonly tokens: TokenRow;
  readonly workos_ends: WorkosEndRow;
  readonly roles: RoleRow;
  readonly permits: PermitRow;
  readonly ownerships: OwnershipRow;
  readonly intents: IntentRow;
  readonly deeds: DeedRow;
  readonly quotas: QuotaRow;
  readonly reservations: ReservationRow;
  readonly approvals: ApprovalRow;
}
