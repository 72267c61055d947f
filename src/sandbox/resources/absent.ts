import { replyActions, route } from '../collection.ts';
import { replyList } from '../list.ts';
import { notFound, refused } from '../problem.ts';
import type { Call, Method, Route } from '../route.ts';

/** Resources that the sandbox knows of but has none of: lists are empty, every id is unknown, none can be made. */
export const absentRoutes: readonly Route[] = [
  ...absent('load_balancers', 'load_balancer', '{id}', ['GET metrics']),
  ...absent('certificates', 'certificate', '{id}', []),
  ...absent('zones', 'zone', '{id_or_name}', [
    'GET zonefile',
    'GET rrsets',
    'POST rrsets',
    'GET rrsets/{rr_name}/{rr_type}',
    'PUT rrsets/{rr_name}/{rr_type}',
    'DELETE rrsets/{rr_name}/{rr_type}',
    'POST rrsets/{rr_name}/{rr_type}/actions/{verb}',
  ]),
  route('GET', '/load_balancer_types', call => replyList(call, 'load_balancer_types', [], row => row)),
  route('GET', '/load_balancer_types/{id}', missing('load_balancer_type')),
];

function absent(many: string, one: string, item: string, more: readonly string[]): Route[] {
  const below = ['GET', 'PUT', 'DELETE', 'GET actions', 'GET actions/{action_id}', 'POST actions/{verb}', ...more];
  return [
    route('GET', `/${many}`, call => replyList(call, many, [], row => row, { sorts: ['id', 'name', 'created'] })),
    route('POST', `/${many}`, () => {
      throw refused('unsupported_error', `the sandbox has no ${many.replaceAll('_', ' ')} yet`);
    }),
    route('GET', `/${many}/actions`, call => replyActions(call, [])),
    route('GET', `/${many}/actions/{id}`, missing('action')),
    ...below.map(operation => {
      const [method, rest] = operation.split(' ') as [Method, string | undefined];
      return route(method, `/${many}/${item}${rest ? `/${rest}` : ''}`, missing(one));
    }),
  ];
}

function missing(one: string) {
  return ({ params }: Call): never => {
    throw notFound(one, params.id ?? params.id_or_name ?? '');
  };
}
