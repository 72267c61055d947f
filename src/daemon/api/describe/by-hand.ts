import { grantsByRole, json, type Operation, problem } from './operation.ts';

/** What happens, as it happens. */
export const events: Operation = {
  operationId: 'events',
  summary: 'What happens, as server-sent events, for as long as one listens',
  tags: ['daemon'],
  'x-permission': 'daemon:read',
  'x-roles': grantsByRole('daemon:read'),
  parameters: [
    {
      name: 'Last-Event-ID',
      in: 'header',
      description:
        'Goes on after this event; events of the last seven days can be had. `missed` says that some are gone',
      schema: { type: 'integer' },
    },
    {
      name: 'type',
      in: 'query',
      description: 'Only events of these types, such as backup.done or backup.*',
      schema: { type: 'array', items: { type: 'string' } },
    },
    {
      name: 'last',
      in: 'query',
      description: 'Without `Last-Event-ID`: so many of the newest there are come first',
      schema: { type: 'integer' },
    },
    {
      name: 'follow',
      in: 'query',
      description: 'false: the stream ends when everything there is was told',
      schema: { type: 'boolean', default: true },
    },
  ],
  responses: {
    200: { description: 'The events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    default: problem,
  },
};

/** What Hetzner carries out for the daemon. */
export const actions: Operation = {
  operationId: 'actions',
  summary: 'How actions stand that Hetzner carries out for the daemon',
  tags: ['daemon'],
  'x-permission': 'daemon:read',
  'x-roles': grantsByRole('daemon:read'),
  parameters: [
    {
      name: 'id',
      in: 'query',
      required: true,
      description: 'Ids of actions, at most 50',
      schema: { type: 'array', items: { type: 'integer' }, maxItems: 50 },
    },
  ],
  responses: { 200: { description: "Hetzner's answer", content: json({ type: 'object' }) }, default: problem },
};
