import type { Hono } from 'hono';
import { Failure, toFailure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import type { SignIn } from '../gateway/people/sign-in.ts';
import { type Admit, addressOf } from './admit.ts';
import { readText } from './body.ts';
import type { Asking, Env } from './environment.ts';
import { readInput } from './input.ts';

const name = field('text', 'With what the sign-in is done');
const password = field('text', 'Password', { required: true, secret: true });
const fields = { email: field('text', 'E-mail address', { required: true }), password, name };
const acceptFields = { token: field('text', 'The invitation', { required: true, secret: true }), password, name };

/** What is asked before it is known who asks: how to sign in, and to do so. */
export function addSignIn(app: Hono<Env>, base: string, signIn: SignIn, admit: Admit): void {
  const add = (method: 'GET' | 'POST', path: string, answer: (c: Asking) => Promise<Response> | Response) => {
    app.on(method, `${base}/${path}`, async c => {
      if (c.env?.about) c.env.about.route = `${base}/${path}`;
      try {
        return await answer(c);
      } catch (error) {
        const failure = toFailure(error);
        const isRefusal = failure.code === 'unauthorized' || failure.code === 'limited';
        if (isRefusal)
          await admit.refuse(c, failure, { action: 'session.create', target: { type: 'session', id: '' } });
        throw error;
      }
    });
  };
  add('GET', 'sign-in', c => c.json(signIn.ways()));
  add('POST', 'sessions', async c => {
    const given = readInput(fields, await readJson(c)) as { email: string; password: string; name?: string };
    return c.json(await signIn.begin({ ...given, name: given.name && shorten(given.name) }, fromOf(c)), 201);
  });
  add('POST', 'invitations/accept', async c => {
    const given = readInput(acceptFields, await readJson(c)) as { token: string; password: string; name?: string };
    return c.json(await signIn.accept({ ...given, name: given.name && shorten(given.name) }, fromOf(c)), 201);
  });
}

/** What everybody who is known may ask: who one is here, and to go. */
export function addCurrent(app: Hono<Env>, base: string, signIn: SignIn): void {
  app.get(`${base}/sessions/current`, c => {
    const { name, user = null, role, owner, grants } = c.get('caller');
    return c.json({ current: { name, user, role, owner, grants } });
  });
  app.delete(`${base}/sessions/current`, async c => {
    await signIn.end(c.get('caller'));
    return c.body(null, 204);
  });
}

/** No more than its column takes in any language. */
function shorten(name: string): string {
  return name.replace(/\p{C}/gu, '').slice(0, 60);
}

function fromOf(c: Asking) {
  return { requestId: c.get('requestId'), address: addressOf(c) };
}

async function readJson(c: Asking): Promise<unknown> {
  const text = await readText(c.req.raw);
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says has a piece of the body in it, which may be a password.
    throw new Failure('usage', 'the body is not JSON', { apiCode: 'json_error' });
  }
}
