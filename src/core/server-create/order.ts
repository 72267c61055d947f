/** The servers that were asked for, as typed: nothing is looked up yet. */
export interface Order {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly image: string;
  readonly allowDeprecatedImage: boolean;
  readonly locations: readonly string[];
  /** Names, ids, or paths of public-key files. */
  readonly sshKeys: readonly string[];
  readonly firewalls: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly placementGroup?: string;
  /** False for none, a name or id for that primary IP, true for a new one. */
  readonly ipv4: boolean | string;
  readonly ipv6: boolean | string;
  readonly labels: Readonly<Record<string, string>>;
  readonly automount?: boolean;
  readonly start: boolean;
  readonly backup: boolean;
  readonly protect: boolean;
  readonly userData?: string;
  /** What exists under a name is completed. */
  readonly ensure: boolean;
}
