import type { Firewall, FirewallRule, FirewallTarget } from '../../core/hetzner/types.ts';
import { on, requireUnlocked, startAction, viewAction } from '../actions.ts';
import { actionRoutes, type Collection, find, named, readRoutes, reply, requireUnique, route } from '../collection.ts';
import { type Input, readInput } from '../input.ts';
import { Problem, refused } from '../problem.ts';
import type { Call, Reply, Route } from '../route.ts';
import { parseSelector } from '../selector.ts';
import { type ActionRow, nextId, type State, stamp } from '../state.ts';
import { readRules } from './firewall-rules.ts';
import { sameTarget, viewTarget } from './firewall-targets.ts';

/** Firewalls as a resource. */
export const firewalls: Collection<Firewall> = {
  many: 'firewalls',
  one: 'firewall',
  rows: state => state.firewalls,
  view: viewFirewall,
  list: named(['id', 'name', 'created']),
};

/** Everything under /firewalls. */
export const firewallRoutes: readonly Route[] = [
  ...actionRoutes(firewalls),
  ...readRoutes(firewalls),
  route('POST', '/firewalls', createFirewall),
  route('PUT', '/firewalls/{id}', updateFirewall),
  route('DELETE', '/firewalls/{id}', deleteFirewall),
  route('POST', '/firewalls/{id}/actions/set_rules', setRules),
  route('POST', '/firewalls/{id}/actions/apply_to_resources', applyTo),
  route('POST', '/firewalls/{id}/actions/remove_from_resources', removeFrom),
];

function viewFirewall(state: State, row: Firewall): Firewall {
  return { ...row, applied_to: row.applied_to.map(target => viewTarget(state, target)) };
}

function createFirewall({ state, body }: Call): Reply {
  const input = readInput(body);
  const name = input.text('name', { required: true, max: 128 });
  const labels = input.labels() ?? {};
  const rules = readRules(input, false);
  const targets = readTargets(input, state, 'apply_to', false);
  input.done();
  requireUnique('firewall', state.firewalls.values(), name);
  const id = nextId(state);
  const firewall: Firewall = { id, name, labels, created: stamp(state.now), rules, applied_to: [] };
  state.firewalls.set(id, firewall);
  const actions = [
    ...(rules.length > 0 ? [startRules(state, firewall, rules)] : []),
    ...targets.map(target => startApply(state, firewall, target)),
  ];
  return reply(201, { firewall: viewFirewall(state, firewall), actions: actions.map(row => viewAction(state, row)) });
}

function updateFirewall({ state, id, body }: Call): Reply {
  const firewall = find(firewalls, state, id);
  const input = readInput(body);
  const name = input.text('name', { max: 128 });
  const labels = input.labels();
  input.done();
  if (name) {
    requireUnique('firewall', state.firewalls.values(), name, id);
    firewall.name = name;
  }
  if (labels) firewall.labels = labels;
  return reply(200, { firewall: viewFirewall(state, firewall) });
}

function deleteFirewall({ state, id }: Call): Reply {
  const firewall = freeFirewall(state, id);
  if (firewall.applied_to.length > 0) throw refused('resource_in_use', 'firewall is still applied to resources');
  state.firewalls.delete(id);
  return { status: 204 };
}

function setRules({ state, id, body }: Call): Reply {
  const firewall = freeFirewall(state, id);
  const input = readInput(body);
  const rules = readRules(input, true);
  input.done();
  const set = startRules(state, firewall, rules);
  const applied = firewall.applied_to.map(target => startWith(state, firewall, target, 'apply_firewall', () => {}));
  return replyActions(state, [set, ...applied]);
}

function applyTo({ state, id, body }: Call): Reply {
  const firewall = freeFirewall(state, id);
  const input = readInput(body);
  const targets = readTargets(input, state, 'apply_to', true);
  input.done();
  for (const target of targets) {
    if (firewall.applied_to.some(other => sameTarget(other, target))) {
      throw refused('firewall_already_applied', 'firewall is already applied to the resource');
    }
    const server = state.servers.get(target.server?.id ?? 0);
    if (server && server.ipv4 === null && server.ipv6 === null) {
      throw refused('private_net_only_server', 'server has no public network interface');
    }
  }
  return replyActions(
    state,
    targets.map(target => startApply(state, firewall, target)),
  );
}

function removeFrom({ state, id, body }: Call): Reply {
  const firewall = freeFirewall(state, id);
  const input = readInput(body);
  const targets = readTargets(input, state, 'remove_from', true);
  input.done();
  return replyActions(
    state,
    targets.map(target =>
      startWith(state, firewall, target, 'remove_firewall', () => {
        firewall.applied_to = firewall.applied_to.filter(other => !sameTarget(other, target));
      }),
    ),
  );
}

function startRules(state: State, firewall: Firewall, rules: FirewallRule[]): ActionRow {
  return startAction(state, {
    command: 'set_firewall_rules',
    resources: [on('firewall', firewall.id)],
    ms: 300,
    effect() {
      firewall.rules = rules;
    },
  });
}

function startApply(state: State, firewall: Firewall, target: FirewallTarget): ActionRow {
  return startWith(state, firewall, target, 'apply_firewall', () => {
    firewall.applied_to.push(target);
  });
}

function startWith(state: State, firewall: Firewall, target: FirewallTarget, command: string, effect: () => void) {
  const server = target.server ? [on('server', target.server.id)] : [];
  return startAction(state, { command, resources: [on('firewall', firewall.id), ...server], ms: 500, effect });
}

function readTargets(input: Input, state: State, field: string, required: boolean): FirewallTarget[] {
  return input.objects(field, { required }).flatMap((entry): FirewallTarget[] => {
    if (entry.type === 'server') {
      const id = (entry.server as { id?: unknown } | undefined)?.id;
      if (typeof id === 'number' && state.servers.has(id)) return [{ type: 'server', server: { id } }];
      throw new Problem(404, 'firewall_resource_not_found', `server with ID '${String(id)}' not found`);
    }
    const selector = (entry.label_selector as { selector?: unknown } | undefined)?.selector;
    if (entry.type === 'label_selector' && typeof selector === 'string' && parseSelector(selector)?.length) {
      return [{ type: 'label_selector', label_selector: { selector } }];
    }
    input.complain(field, 'must name servers or label selectors');
    return [];
  });
}

function replyActions(state: State, rows: readonly ActionRow[]): Reply {
  return reply(201, { actions: rows.map(row => viewAction(state, row)) });
}

function freeFirewall(state: State, id: number): Firewall {
  const firewall = find(firewalls, state, id);
  requireUnlocked(state, 'firewall', id);
  return firewall;
}
