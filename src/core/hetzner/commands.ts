// All names are those in the example replies of Hetzner's API reference; its operation ids differ (`poweron_server`).
/** What the API calls an action where that is not the last part of the path that starts it. */
const renamed: Readonly<Record<string, string>> = {
  'servers/poweron': 'start_server',
  'servers/poweroff': 'stop_server',
  'servers/reboot': 'reboot_server',
  'servers/reset': 'reset_server',
  'servers/shutdown': 'shutdown_server',
  'servers/rebuild': 'rebuild_server',
  'servers/change_type': 'change_server_type',
  'volumes/attach': 'attach_volume',
  'volumes/detach': 'detach_volume',
  'volumes/resize': 'resize_volume',
  'floating_ips/assign': 'assign_floating_ip',
  'floating_ips/unassign': 'unassign_floating_ip',
  'primary_ips/assign': 'assign_primary_ip',
  'primary_ips/unassign': 'unassign_primary_ip',
  'firewalls/set_rules': 'set_firewall_rules',
  'firewalls/apply_to_resources': 'apply_firewall',
  'firewalls/remove_from_resources': 'remove_firewall',
  'load_balancers/change_type': 'change_load_balancer_type',
  'certificates/retry': 'issue_certificate',
};

/** Called the same in the path and in the action. */
const same = [
  'add_route',
  'add_service',
  'add_subnet',
  'add_target',
  'add_to_placement_group',
  'attach_iso',
  'attach_to_network',
  'change_algorithm',
  'change_alias_ips',
  'change_dns_ptr',
  'change_ip_range',
  'change_protection',
  'create_image',
  'delete_route',
  'delete_service',
  'delete_subnet',
  'detach_from_network',
  'detach_iso',
  'disable_backup',
  'disable_public_interface',
  'disable_rescue',
  'enable_backup',
  'enable_public_interface',
  'enable_rescue',
  'remove_from_placement_group',
  'remove_target',
  'request_console',
  'reset_password',
  'update_service',
];

const known = new Set([...same, ...Object.values(renamed)]);

/** Whether an action of that name can come from `POST <collection>/<id>/actions/<command>`; of a command that is not known, any that no other one starts. */
export function comesFrom(collection: string, command: string, action: string): boolean {
  const name = renamed[`${collection}/${command}`] ?? (same.includes(command) ? command : undefined);
  return name === undefined ? action === command || !isOther(action) : action === name;
}

function isOther(action: string): boolean {
  return known.has(action) || /^(create|delete)_/.test(action);
}
