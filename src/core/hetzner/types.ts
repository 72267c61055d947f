/** A set of known words that may grow: an unknown one must be passed through, never rejected. */
export type Open<Known extends string> = Known | (string & {});

/** Labels of a resource; a PUT replaces the whole map. */
export type Labels = Record<string, string>;

/** Where a page stands in its list, counted from 1; the last four may be null. */
export interface Pagination {
  page: number;
  per_page: number;
  previous_page: number | null;
  next_page: number | null;
  last_page: number | null;
  total_entries: number | null;
}

/** What every list carries beside its rows. */
export interface Meta {
  pagination: Pagination;
}

/** The body of every error reply; `details` depends on `code`. */
export interface ApiErrorBody {
  error: { code: string; message: string; details?: ApiErrorDetails | null };
}

/** The details of `invalid_input`, `uniqueness_error`, `resource_limit_exceeded` and `deprecated_api_endpoint`. */
export interface ApiErrorDetails {
  fields?: { name: string; messages?: string[] }[];
  limits?: { name: string }[];
  announcement?: string;
  [other: string]: unknown;
}

/** What an action was done to: a type such as `server` and an id. */
export interface ActionResource {
  id: number;
  type: Open<'server' | 'volume' | 'image' | 'network' | 'firewall' | 'floating_ip' | 'primary_ip' | 'placement_group'>;
}

/** A deed in progress or done; `error` is set only when `status` is `error`. */
export interface Action {
  id: number;
  command: string;
  status: Open<'running' | 'success' | 'error'>;
  progress: number;
  started: string;
  finished: string | null;
  resources: ActionResource[];
  error: { code: string; message: string } | null;
}

/** When something is withdrawn: announced at, and no longer to be had after. */
export interface Deprecation {
  announced: string;
  unavailable_after: string;
}

/** A sum without and with VAT, both decimal strings. */
export interface Price {
  net: string;
  gross: string;
}

/** The processor of a server type, image or ISO. */
export type Architecture = Open<'x86' | 'arm'>;

/** A place where servers stand; `network_zone` groups places that share private networks. */
export interface Location {
  id: number;
  name: string;
  description: string;
  country: string;
  city: string;
  latitude: number;
  longitude: number;
  network_zone: string;
}

/** What a server or load balancer type costs at one location; traffic in bytes. */
export interface LocationPrice {
  location: string;
  price_hourly: Price;
  price_monthly: Price;
  included_traffic: number;
  price_per_tb_traffic: Price;
}

/** A server type's standing at one location: withdrawn, recommended, in stock. */
export interface ServerTypeLocation {
  id: number;
  name: string;
  deprecation: Deprecation | null;
  recommended: boolean;
  available: boolean;
}

/** A size of server; memory and disk in GB. */
export interface ServerType {
  id: number;
  name: string;
  description: string;
  category?: string;
  cores: number;
  memory: number;
  disk: number;
  deprecated?: boolean;
  deprecation?: Deprecation | null;
  prices: LocationPrice[];
  storage_type: Open<'local' | 'network'>;
  cpu_type: Open<'shared' | 'dedicated'>;
  architecture: Architecture;
  locations?: ServerTypeLocation[];
}

/** What a server is started from; sizes in GB; `name` is null for snapshots and backups. */
export interface Image {
  id: number;
  type: Open<'system' | 'app' | 'snapshot' | 'backup'>;
  status: Open<'available' | 'creating' | 'unavailable'>;
  name: string | null;
  description: string;
  image_size: number | null;
  disk_size: number;
  created: string;
  created_from: { id: number; name: string } | null;
  bound_to: number | null;
  os_flavor: string;
  os_version: string | null;
  rapid_deploy?: boolean;
  protection: { delete: boolean };
  deprecated?: string | null;
  deprecation?: Deprecation | null;
  deleted: string | null;
  labels: Labels;
  architecture: Architecture;
}

/** A medium that can be put into a server's drive; architecture null fits every server. */
export interface Iso {
  id: number;
  name: string | null;
  description: string;
  type: Open<'public' | 'private'> | null;
  deprecation: Deprecation | null;
  architecture: Architecture | null;
}

/** The name that an address answers to. */
export interface DnsPtr {
  ip: string;
  dns_ptr: string;
}

/** A server's public side; an address family that is switched off is null. */
export interface PublicNet {
  ipv4: { id?: number; ip: string; blocked: boolean; dns_ptr: string } | null;
  ipv6: { id?: number; ip: string; blocked: boolean; dns_ptr: DnsPtr[] | null } | null;
  floating_ips: number[];
  firewalls?: { id: number; status: Open<'applied' | 'pending'> }[];
}

/** A server's place in one private network. */
export interface PrivateNet {
  network: number;
  ip: string;
  alias_ips: string[];
  mac_address: string;
}

/** The words for what a server is doing. */
export type ServerStatus = Open<
  'running' | 'initializing' | 'starting' | 'stopping' | 'off' | 'deleting' | 'migrating' | 'rebuilding' | 'unknown'
>;

/** A server; traffic in bytes of this billing period, disk in GB. */
export interface Server {
  id: number;
  name: string;
  status: ServerStatus;
  created: string;
  public_net: PublicNet;
  private_net: PrivateNet[];
  server_type: ServerType;
  location: Location;
  image: Image | null;
  iso: Iso | null;
  rescue_enabled: boolean;
  locked: boolean;
  backup_window: string | null;
  outgoing_traffic: number | null;
  ingoing_traffic: number | null;
  included_traffic: number | null;
  protection: { delete: boolean; rebuild: boolean };
  labels: Labels;
  volumes?: number[];
  load_balancers?: number[];
  primary_disk_size: number;
  placement_group?: PlacementGroup | null;
}

/** Block storage; size in GB. */
export interface Volume {
  id: number;
  name: string;
  created: string;
  server: number | null;
  location: Location;
  size: number;
  linux_device: string;
  protection: { delete: boolean };
  labels: Labels;
  status: Open<'available' | 'creating'>;
  format: string | null;
}

/** A public SSH key; the fingerprint is the MD5 of its blob. */
export interface SshKey {
  id: number;
  name: string;
  fingerprint: string;
  public_key: string;
  labels: Labels;
  created: string;
}

/** Part of a network in one zone. */
export interface Subnet {
  type: Open<'cloud' | 'server' | 'vswitch'>;
  ip_range?: string;
  network_zone: string;
  gateway: string;
  vswitch_id?: number | null;
}

/** Where packets for a destination are sent within a network. */
export interface NetworkRoute {
  destination: string;
  gateway: string;
}

/** A private network. */
export interface Network {
  id: number;
  name: string;
  ip_range: string;
  subnets: Subnet[];
  routes: NetworkRoute[];
  servers: number[];
  load_balancers?: number[];
  protection: { delete: boolean };
  labels: Labels;
  created: string;
  expose_routes_to_vswitch: boolean;
}

/** One permission of a firewall; port is null where the protocol has none. */
export interface FirewallRule {
  direction: Open<'in' | 'out'>;
  protocol: Open<'tcp' | 'udp' | 'icmp' | 'esp' | 'gre'>;
  port?: string | null;
  source_ips?: string[];
  destination_ips?: string[];
  description?: string | null;
}

/** What a firewall guards: one server, or all that a label selector matches. */
export interface FirewallTarget {
  type: Open<'server' | 'label_selector'>;
  server?: { id: number };
  label_selector?: { selector: string };
  applied_to_resources?: { type?: Open<'server'>; server?: { id: number } }[];
}

/** A packet filter in front of servers. */
export interface Firewall {
  id: number;
  name: string;
  labels?: Labels;
  created: string;
  rules: FirewallRule[];
  applied_to: FirewallTarget[];
}

/** Servers that must stand on different hosts. */
export interface PlacementGroup {
  id: number;
  name: string;
  labels: Labels;
  type: Open<'spread'>;
  created: string;
  servers: number[];
}

/** A public address that belongs to a server's interface; `assignee_type` may be `unassigned`. */
export interface PrimaryIp {
  id: number;
  name: string;
  ip: string;
  type: Open<'ipv4' | 'ipv6'>;
  assignee_id: number | null;
  assignee_type: Open<'server' | 'unassigned'>;
  auto_delete: boolean;
  blocked: boolean;
  created: string;
  dns_ptr: DnsPtr[];
  labels: Labels;
  location: Location;
  protection: { delete: boolean };
}

/** A public address that can be moved between servers. */
export interface FloatingIp {
  id: number;
  name: string;
  description: string | null;
  ip: string;
  type: Open<'ipv4' | 'ipv6'>;
  server: number | null;
  dns_ptr: DnsPtr[];
  home_location: Location;
  blocked: boolean;
  protection: { delete: boolean };
  labels: Labels;
  created: string;
}

/** The price list; images and volumes per GB and month, backups in percent of the server. */
export interface Pricing {
  currency: string;
  vat_rate: string;
  image: { price_per_gb_month: Price };
  volume: { price_per_gb_month: Price };
  server_backup: { percentage: string };
  server_types: { id: number; name: string; prices: LocationPrice[] }[];
  load_balancer_types: { id: number; name: string; prices: LocationPrice[] }[];
  primary_ips: { type: string; prices: { location: string; price_hourly: Price; price_monthly: Price }[] }[];
  floating_ips: { type: string; prices: { location: string; price_monthly: Price }[] }[];
  floating_ip?: { price_monthly: Price };
}

/** Samples of a server: `[unix seconds, value as a string]` by series name, every `step` seconds. */
export interface Metrics {
  start: string;
  end: string;
  step: number;
  time_series: Record<string, { values: [number, string][] }>;
}
