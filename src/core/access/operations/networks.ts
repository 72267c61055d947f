import type { Operation } from '../operation.ts';
import { collection, type More, operation } from './collection.ts';

/** The servers that a firewall is applied to, one by one or by their labels. */
const resourcesIn = (list: string): More => ({
  references: { [`${list}[].server.id`]: 'servers', [`${list}[].label_selector.selector`]: 'selector' },
});

/** Where a load balancer sends what it gets: servers, servers by their labels, any address of the customer account. */
const targetsIn = (place: string) => ({
  [`${place}server.id`]: 'servers',
  [`${place}server.ip`]: 'account',
  [`${place}label_selector.selector`]: 'selector',
  [`${place}ip.ip`]: 'account',
});

const toServer: More = { references: { server: 'servers' } };
const toNetwork: More = { references: { network: 'networks' } };
// The published API knows servers alone as assignees (`assignee_type`); a test tells when it knows others.
const toAssignee: More = { references: { assignee_id: 'servers' } };
const withCertificates: More = { references: { 'http.certificates[]': 'certificates' } };
// A vSwitch and what is behind it are of the customer account, not of the project.
const toVswitch = { expose_routes_to_vswitch: 'account' };

const ips = { change_dns_ptr: 'rdns', change_protection: 'protect', unassign: 'attach' };

/** Networks and what stands between servers and the world. */
export const networks: readonly Operation[] = [
  ...collection('networks', {
    create: { references: { 'subnets[].vswitch_id': 'account', ...toVswitch } },
    update: { references: toVswitch },
    deeds: {
      add_route: 'update',
      delete_route: 'update',
      add_subnet: ['update', { references: { vswitch_id: 'account' } }],
      delete_subnet: 'update',
      change_ip_range: 'update',
      change_protection: 'protect',
    },
  }),

  ...collection('firewalls', {
    create: resourcesIn('apply_to'),
    deeds: {
      set_rules: 'update',
      apply_to_resources: ['attach', resourcesIn('apply_to')],
      remove_from_resources: ['attach', resourcesIn('remove_from')],
    },
  }),

  ...collection('primary_ips', { create: toAssignee, deeds: { ...ips, assign: ['attach', toAssignee] } }),
  ...collection('floating_ips', { create: toServer, deeds: { ...ips, assign: ['attach', toServer] } }),

  ...collection('certificates', { create: { secretInput: ['private_key'] }, deeds: { retry: 'update' } }),

  ...collection('load_balancers', {
    create: {
      references: {
        network: 'networks',
        'services[].http.certificates[]': 'certificates',
        ...targetsIn('targets[].'),
      },
    },
    deeds: {
      add_service: ['update', withCertificates],
      update_service: ['update', withCertificates],
      delete_service: 'update',
      add_target: ['update', { references: targetsIn('') }],
      remove_target: ['update', { references: targetsIn('') }],
      attach_to_network: ['update', toNetwork],
      detach_from_network: ['update', toNetwork],
      change_algorithm: 'update',
      enable_public_interface: 'update',
      disable_public_interface: 'update',
      change_dns_ptr: 'rdns',
      change_protection: 'protect',
      change_type: ['resize', { counts: 'more' }],
    },
  }),
  operation('GET', 'load_balancers/{id}/metrics', 'load_balancers:metrics'),
];
