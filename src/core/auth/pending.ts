/** A sign-in that was begun and waits for a person; times in milliseconds. */
export interface PendingSignIn {
  /** Address of WorkOS. */
  readonly endpoint: string;
  readonly clientId: string;
  /** For asking only: never shown. */
  readonly deviceCode: string;
  /** For the person, such as BCDF-GHJK. */
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same with the code in it. */
  readonly verificationUriComplete?: string;
  readonly expiresAt: number;
  /** Between two questions. */
  readonly interval: number;
}
