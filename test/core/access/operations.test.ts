import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../src/core/access/operation.ts';
import { operations } from '../../../src/core/access/operations.ts';
import { readCatalogue, readPublished } from './document.ts';

const published = readPublished();
const catalogue = readCatalogue();

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;
const table = new Map(operations.map(operation => [nameOf(operation), operation]));

test('each operation stands in the table once', () => {
  expect(table.size).toBe(operations.length);
});

describe.skipIf(!published)('beside what Hetzner publishes', () => {
  const byName = new Map(published?.map(operation => [operation.name, operation]));

  test('the table has its 221 operations, and no other', () => {
    expect([...table.keys()].sort()).toEqual([...byName.keys()].sort());
    expect(table.size).toBe(221);
  });

  test('every place that names another resource or has a secret is a place of the body or the answer', () => {
    const wrong = operations.flatMap(operation => {
      const { body, answer } = byName.get(nameOf(operation))!;
      const inBody = [...Object.keys(operation.references ?? {}), ...(operation.secretInput ?? [])];
      return [
        ...inBody.filter(place => !body.has(place)),
        ...(operation.secretOutput ?? []).filter(place => !answer.has(place)),
      ].map(place => `${nameOf(operation)}: ${place}`);
    });
    expect(wrong).toEqual([]);
  });

  test('nothing that is called like a secret is missing from the table', () => {
    const secret = /(^|\.)(user_data|[a-z_]*password|private_key|tsig_key|wss_url|token|secret)$/;
    const missing = operations.flatMap(operation => {
      const { body, answer } = byName.get(nameOf(operation))!;
      return [
        ...[...body.keys()].filter(place => secret.test(place) && !operation.secretInput?.includes(place)),
        ...[...answer.keys()].filter(place => secret.test(place) && !operation.secretOutput?.includes(place)),
      ].map(place => `${nameOf(operation)}: ${place}`);
    });
    expect(missing).toEqual([]);
  });

  test('nothing that is called like a resource is missing from the references', () => {
    const resource =
      /(^|[._])(servers?|networks?|volumes?|firewalls?|ssh_keys|images?|iso|certificates|placement_group|assignee_id|vswitch_id|expose_routes_to_vswitch|selector|ip\.ip|server\.ip|ipv[46])(\.id)?(\[\])?$/;
    // Keys of a storage box are written out; the others say whether, not which.
    const others = new Set(['POST storage_boxes: ssh_keys[]']);
    const missing = operations.flatMap(operation => {
      const { body } = byName.get(nameOf(operation))!;
      const places = [...body.keys()];
      const leaves = places.filter(
        place => !places.some(other => other.startsWith(`${place}.`) || other === `${place}[]`),
      );
      return leaves
        .filter(place => resource.test(place) && !place.includes('enable_ipv'))
        .filter(place => operation.references?.[place] === undefined)
        .map(place => `${nameOf(operation)}: ${place}`)
        .filter(line => !others.has(line));
    });
    expect(missing).toEqual([]);
  });

  test('a primary IP is assigned to nothing but a server, as its reference says', () => {
    const kinds = ['POST primary_ips', 'POST primary_ips/{id}/actions/assign'].map(name => byName.get(name)!.body);
    expect(kinds.map(body => body.get('assignee_type'))).toEqual([['server'], ['server']]);
  });
});

/** Where the table says otherwise than the catalogue that it was written from, and why. */
const otherwise = {
  permission: {
    // It deletes every backup of the server at once.
    'POST servers/{id}/actions/disable_backup': 'servers:drop_backups',
    // Data are lost with them: for who only updates that is too much.
    'DELETE storage_boxes/{id}/snapshots/{snapshot_id}': 'storage_boxes:drop',
    'DELETE storage_boxes/{id}/subaccounts/{subaccount_id}': 'storage_boxes:drop',
    // It writes every record anew.
    'POST zones/{id_or_name}/actions/import_zonefile': 'zones:import',
    // A private ISO is somebody's.
    'GET isos': 'isos:read',
    'GET isos/{id}': 'isos:read',
  },
  references: {
    // The keys are written out in the body.
    'POST storage_boxes': [],
    // Named in the catalogue's list of gaps.
    'POST load_balancers/{id}/actions/remove_target': ['ip', 'label_selector', 'server'],
    'POST servers/{id}/actions/attach_iso': ['iso'],
    'POST networks': ['expose_routes_to_vswitch', 'subnets[].vswitch_id'],
    'PUT networks/{id}': ['expose_routes_to_vswitch'],
  },
  secretOutput: {
    // Named in the catalogue's list of gaps: keys with which one speaks to a primary name server.
    'GET zones': ['zones[].primary_nameservers[].tsig_key'],
    'POST zones': ['zone.primary_nameservers[].tsig_key'],
    'GET zones/{id_or_name}': ['zone.primary_nameservers[].tsig_key'],
    'PUT zones/{id_or_name}': ['zone.primary_nameservers[].tsig_key'],
  },
  // Nothing is made with it.
  counts: { 'POST servers/{id}/actions/disable_backup': false },
} as const satisfies Partial<Record<string, Record<string, unknown>>>;

/** `apply_to[].server.id` as the catalogue has it: `apply_to[].server`. */
const brief = (place: string) =>
  place
    .replace(/(server)\.(id|ip)$/, '$1')
    .replace(/label_selector\.selector$/, 'label_selector')
    .replace(/ip\.ip$/, 'ip')
    .replace(/firewalls\[\]\.firewall$/, 'firewalls')
    .replace(/\[\]$/, '');

describe.skipIf(!catalogue)('beside the catalogue of permissions', () => {
  test.each(['permission', 'references', 'secretInput', 'secretOutput', 'counts'] as const)(
    'the table says the same for %s, except where a reason is given',
    part => {
      const reasons: Record<string, unknown> = (otherwise as Record<string, Record<string, unknown>>)[part] ?? {};
      const told = catalogue.operations.map((entry: Record<string, unknown>) => {
        const name = String(entry.op).replace('/', '');
        const inCatalogue = {
          permission: entry.permission,
          references: [...(entry.refs as string[])].sort(),
          secretInput: entry.secret_request,
          secretOutput: entry.secret_response,
          counts: entry.cost,
        }[part];
        return [name, reasons[name] ?? inCatalogue];
      });
      const said = [...table].map(([name, operation]) => {
        const inTable = {
          permission: operation.permission,
          references: [...new Set(Object.keys(operation.references ?? {}).map(brief))].sort(),
          secretInput: operation.secretInput ?? [],
          secretOutput: operation.secretOutput ?? [],
          counts: operation.counts !== undefined,
        }[part];
        return [name, inTable];
      });
      expect(Object.fromEntries(said)).toEqual(Object.fromEntries(told));
    },
  );
});
