import type { Labels } from './base.ts';

/** A public SSH key; the fingerprint is the MD5 of its blob. */
export interface SshKey {
  id: number;
  name: string;
  fingerprint: string;
  public_key: string;
  labels: Labels;
  created: string;
}
