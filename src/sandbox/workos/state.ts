/** A user as the administration shows it. */
export interface User {
  object: 'user';
  id: string;
  email: string;
  email_verified: boolean;
  first_name: string | null;
  last_name: string | null;
  name: string | null;
  profile_picture_url: string | null;
  external_id: string | null;
  metadata: Record<string, string>;
  last_sign_in_at: string | null;
  locale: string | null;
  created_at: string;
  updated_at: string;
}

/** An organization as the administration shows it. */
export interface Organization {
  object: 'organization';
  id: string;
  name: string;
  allow_profiles_outside_organization: boolean;
  domains: never[];
  external_id: string | null;
  metadata: Record<string, string>;
  created_at: string;
  updated_at: string;
}

/** A user's place in an organization. */
export interface Membership {
  object: 'organization_membership';
  id: string;
  user_id: string;
  organization_id: string;
  organization_name: string;
  status: 'active' | 'inactive' | 'pending';
  role: { slug: string };
  roles: { slug: string }[];
  custom_attributes: Record<string, unknown>;
  directory_managed: boolean;
  created_at: string;
  updated_at: string;
}

/** A role of the environment. */
export interface Role {
  object: 'role';
  id: string;
  name: string;
  slug: string;
  description: string | null;
  permissions: string[];
  resource_type_slug: 'organization';
  type: 'EnvironmentRole';
  created_at: string;
  updated_at: string;
}

/** An invitation into an organization, or into the environment alone. */
export interface Invitation {
  object: 'invitation';
  id: string;
  email: string;
  state: 'pending' | 'accepted' | 'expired' | 'revoked';
  accepted_at: string | null;
  revoked_at: string | null;
  expires_at: string;
  token: string;
  accept_invitation_url: string;
  organization_id: string | null;
  inviter_user_id: string | null;
  accepted_user_id: string | null;
  role_slug: string | null;
  created_at: string;
  updated_at: string;
}

/** A sign-in that goes on until it is ended. */
export interface WorkosSession {
  object: 'session';
  id: string;
  user_id: string;
  organization_id: string | null;
  status: 'active' | 'expired' | 'revoked';
  auth_method: string;
  ip_address: string | null;
  user_agent: string | null;
  expires_at: string;
  ended_at: string | null;
  created_at: string;
  updated_at: string;
}

/** Something that happened, with the thing as it was then. */
export interface WorkosEvent {
  object: 'event';
  id: string;
  event: string;
  data: unknown;
  created_at: string;
}

/** A refresh token; once spent, when (ms) and for what. */
export interface RefreshToken {
  session: string;
  spent?: { at: number; answer: Readonly<Record<string, unknown>> };
}

/** A sign-in that waits for a person; times in milliseconds, the interval in seconds. */
export interface DeviceCode {
  deviceCode: string;
  userCode: string;
  expiresAt: number;
  interval: number;
  polledAt: number | undefined;
  status: 'pending' | 'approved' | 'denied' | 'used';
  user: string | undefined;
  /** Chosen at the approval. */
  organization: string | undefined;
  /** Stands in the form of its page, which other sites cannot read. */
  formToken: string;
}

/** Everything that one stand-in for WorkOS knows. */
export interface WorkosState {
  users: Map<string, User>;
  /** By user id. */
  passwords: Map<string, string>;
  organizations: Map<string, Organization>;
  memberships: Map<string, Membership>;
  /** By slug. */
  roles: Map<string, Role>;
  invitations: Map<string, Invitation>;
  sessions: Map<string, WorkosSession>;
  refreshTokens: Map<string, RefreshToken>;
  /** By device code. */
  deviceCodes: Map<string, DeviceCode>;
  /** Pending authentication tokens: whose, and until when (ms). */
  selections: Map<string, { user: string; method: string; expiresAt: number }>;
  events: WorkosEvent[];
}

/** A state with nothing in it. */
export function emptyState(): WorkosState {
  return {
    users: new Map(),
    passwords: new Map(),
    organizations: new Map(),
    memberships: new Map(),
    roles: new Map(),
    invitations: new Map(),
    sessions: new Map(),
    refreshTokens: new Map(),
    deviceCodes: new Map(),
    selections: new Map(),
    events: [],
  };
}

/** A time in milliseconds as WorkOS writes it. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
