/** Which organization a user of several gets in the device flow: asked on the page, none, or an error that asks for one. */
export type OrganizationSelection = 'browser' | 'none' | 'error';

/** A machine that signs in with `client_credentials`. */
export interface MachineClient {
  clientId: string;
  clientSecret: string;
  /** The id of the organization that its tokens are for. */
  organization: string;
  /** Scopes, parted by blanks. */
  scope: string;
}

/** How the stand-in for WorkOS behaves; times in seconds. A test may change it while the sandbox runs. */
export interface WorkosSettings {
  clientId: string;
  /** What callers of the administration send as bearer, and confidential clients as `client_secret`. */
  apiKey: string;
  /** The `iss` of access tokens; absent is `<origin>/user_management/<clientId>`. */
  issuer?: string;
  /** The `aud` of access tokens; absent leaves the claim out, as WorkOS does. */
  audience?: string;
  tokenLifetime: number;
  /** Of the first access token of a session; absent is `tokenLifetime`. */
  firstTokenLifetime?: number;
  /** How long a session lasts, however often it is refreshed. */
  sessionLifetime: number;
  /** How long a spent refresh token still gives the pair that it was exchanged for. */
  replayWindow: number;
  deviceCodeLifetime: number;
  /** Between two polls. */
  interval: number;
  /** False: the environment does not allow the device grant. */
  deviceGrant: boolean;
  /** Device codes are approved at once, as the first user. */
  autoApprove: boolean;
  organizationSelection: OrganizationSelection;
  /** Whether the organization-selection grant does without the secret, which at WorkOS it does not. */
  publicOrganizationSelection: boolean;
  machine: MachineClient;
}

/** What `startSandbox({ workos })` takes; all of it has a default. */
export type WorkosOptions = Partial<WorkosSettings>;

/** The settings with every default filled in; the ids and keys are recognisable, and worth nothing elsewhere. */
export function completeSettings(options: WorkosOptions): WorkosSettings {
  return {
    clientId: 'client_sandbox',
    apiKey: 'sk_sandbox_worth_nothing_elsewhere',
    tokenLifetime: 300,
    sessionLifetime: 30 * 24 * 3600,
    replayWindow: 30,
    deviceCodeLifetime: 300,
    interval: 5,
    deviceGrant: true,
    autoApprove: false,
    organizationSelection: 'browser',
    publicOrganizationSelection: false,
    machine: {
      clientId: 'client_sandbox_machine',
      clientSecret: 'secret_sandbox_worth_nothing_elsewhere',
      organization: 'org_sandbox',
      scope: 'servers:read',
    },
    ...options,
  };
}
