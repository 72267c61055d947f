import { type Faults, parseFault } from './faults.ts';
import { controlWorkos } from './workos/control.ts';
import type { WorkosSide } from './workos/index.ts';

/** What the control endpoints work on. */
export interface Controls {
  faults: Faults;
  requests(): readonly unknown[];
  started: string;
  workos: WorkosSide;
  reset(): void;
}

/** An answer of the control endpoints; the value is sent as JSON. */
export interface ControlReply {
  status: number;
  value: unknown;
}

/** Answers `/_sandbox...`: what it is, its requests, faults on and off, back to the beginning; the same for WorkOS. */
export function answerControl(controls: Controls, method: string, path: string, body: string): ControlReply {
  const { faults, requests, started, workos } = controls;
  const side = /^\/_sandbox\/workos(?=\/)/.exec(path);
  if (side) return controlWorkos(workos, method, path.slice(side[0].length), parse(body));
  switch (`${method} ${path.replace(/\/$/, '')}`) {
    case 'GET /_sandbox':
      return { status: 200, value: { sandbox: true, name: 'cloudctl sandbox', requests: requests().length, started } };
    case 'GET /_sandbox/requests':
      return { status: 200, value: { requests: requests() } };
    case 'POST /_sandbox/reset':
      controls.reset();
      return { status: 200, value: { reset: true } };
    case 'POST /_sandbox/faults': {
      const rule = parseFault(parse(body));
      if (typeof rule === 'string') return { status: 422, value: { error: { code: 'invalid_input', message: rule } } };
      faults.add(rule);
      return { status: 201, value: { fault: rule } };
    }
    case 'DELETE /_sandbox/faults':
      faults.clear();
      return { status: 200, value: { faults: [] } };
    default:
      return { status: 404, value: { error: { code: 'not_found', message: 'no such control endpoint' } } };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
