import type { ControlReply } from '../control.ts';
import { parseFault } from '../faults.ts';
import { changeSettings } from './change-settings.ts';
import { type Workos, type WorkosFaultRule, type WorkosSide, workosFaultKinds } from './index.ts';
import { WorkosProblem } from './problem.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What is asked below `/_sandbox/workos`, by method and path; a string says what is wrong with the body. */
const controls: Record<string, (side: WorkosSide, fields: Fields) => object | string> = {
  'GET /requests': ({ requests }) => ({ requests }),
  'POST /approve'(side, { user_code, user, organization }) {
    if (!isText(user_code)) return 'user_code must be a string';
    if (!isOptional(user) || !isOptional(organization)) return 'user and organization must be strings';
    side.approve(user_code, { user, organization });
    return { approved: true };
  },
  'POST /deny'(side, { user_code }) {
    if (!isText(user_code)) return 'user_code must be a string';
    side.deny(user_code);
    return { denied: true };
  },
  'POST /revoke'(side, { session_id }) {
    if (!isText(session_id)) return 'session_id must be a string';
    side.revoke(session_id);
    return { revoked: true };
  },
  'POST /rotate'(side, { keep = false }) {
    if (typeof keep !== 'boolean') return 'keep must be true or false';
    side.rotateKeys({ keep });
    return { rotated: true };
  },
  'PATCH /settings': ({ settings }, fields) => changeSettings(settings, fields) ?? { settings: shown(settings) },
  'POST /faults'(side, fields) {
    const fault = parseFault(fields, workosFaultKinds);
    if (typeof fault === 'string') return fault;
    side.fault(fault as WorkosFaultRule);
    return { fault };
  },
  'DELETE /faults'(side) {
    side.clearFaults();
    return { faults: [] };
  },
};

/** Answers what is asked below `/_sandbox/workos`; the path begins after it. */
export function controlWorkos(side: WorkosSide, method: string, path: string, body: unknown): ControlReply {
  const name = `${method} ${path}`;
  if (!Object.hasOwn(controls, name)) return refusal(404, 'not_found', 'no such control endpoint');
  try {
    const isObject = typeof body === 'object' && body !== null;
    const value = controls[name]!(side, isObject ? (body as Fields) : {});
    return typeof value === 'string' ? refusal(422, 'invalid_input', value) : { status: 200, value };
  } catch (error) {
    if (error instanceof WorkosProblem) return refusal(error.status, 'invalid_input', error.message);
    throw error;
  }
}

function refusal(status: number, code: string, message: string): ControlReply {
  return { status, value: { error: { code, message } } };
}

/** All but what is secret. */
function shown({ apiKey, machine, ...settings }: Workos['settings']): object {
  return settings;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isOptional = (value: unknown): value is string | undefined => value === undefined || isText(value);
