import type { Line } from './line.ts';

export const readOnlyLines: readonly Line[] = [
  ['location list'],
  ['location list -s name:desc -o columns=id,name,city,country,description,latitude,longitude,network_zone'],
  ['locations list -o json'],
  ['location describe fsn1'],
  ['datacenter list'],
  ['datacenter list -o json'],
  ['datacenter describe fsn1'],
  ['server-type list'],
  ['server-types list -o columns=id,name,cores,cpu_type,architecture,memory,disk'],
  ['server-type describe cx23 -o json'],
  ['iso list'],
  ['iso list --architecture arm --include-architecture-wildcard'],
  ['iso describe debian-13.1.0-amd64-netinst.iso'],
  ['all list'],
  ['all list --paid -l env=prod -o json'],
  ['version'],
  ['version --long'],
  ['completion bash'],
  ['completion zsh'],
  ['completion fish'],
  ['help'],
  ['help server'],
  ['server --help'],
  ['server list --help'],
  ['--version'],
];

/** Flags that hcloud takes with every command. */
export const globalFlags: readonly string[] = [
  '--debug',
  '--poll-interval 100ms',
  '--http-timeout 10s',
  '--quiet',
  '--no-experimental-warnings',
  '--endpoint $url',
  '--config other.toml',
  '--debug-file debug.log',
  '--hetzner-endpoint https://api.hetzner.com/v1',
];
