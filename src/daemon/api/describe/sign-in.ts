import { json, type Operation, problem, ref } from './operation.ts';

function operation(operationId: string, summary: string, responses: Operation['responses'], body?: object): Operation {
  const properties = Object.fromEntries(Object.keys(body ?? {}).map(key => [key, { type: 'string' }]));
  const schema = { type: 'object', properties, required: Object.keys(properties).filter(key => key !== 'name') };
  return {
    operationId,
    summary,
    tags: ['session'],
    'x-permission': 'none',
    parameters: [],
    ...(body && { requestBody: { required: true, content: json(schema, body) } }),
    responses: { ...responses, default: problem },
  };
}

const object = (description: string) => ({ 200: { description, content: json({ type: 'object' }) } });
const begun = {
  201: {
    description: 'The session, and its token, which is told once',
    content: json({
      type: 'object',
      properties: { session: ref('session'), token: { type: 'string' } },
      required: ['session', 'token'],
    }),
  },
};
const password = 'correct horse battery staple';
const name = 'laptop';

/** What is asked without a permission: how to come in, to do so, and to go. */
export const signInOperations: readonly (readonly [path: string, method: string, Operation])[] = [
  ['/sign-in', 'get', operation('sign_in', 'Tell how one signs in here', object('`workos`, `local`, `public_url`'))],
  [
    '/sessions',
    'post',
    operation('session_create', 'Sign in with a password', begun, { email: 'ada@example.com', password, name }),
  ],
  [
    '/invitations/accept',
    'post',
    operation('invitation_accept', 'Take up an invitation, with a password of your own', begun, {
      token: 'cctli...',
      password,
      name,
    }),
  ],
  ['/sessions/current', 'get', operation('session_current', 'Tell who one is here', object('Under `current`'))],
  ['/sessions/current', 'delete', operation('session_end', 'Sign out', { 204: { description: 'It is done' } })],
];
