import type { ServerResponse } from 'node:http';
import { type Faults, parseFault } from './faults.ts';

/** What the control endpoints work on. */
export interface Controls {
  faults: Faults;
  requests(): readonly unknown[];
  started: string;
  reset(): void;
}

/** Answers `/_sandbox...`: what it is, its requests, faults on and off, back to the beginning. */
export function serveControl(controls: Controls, method: string, path: string, body: string, response: ServerResponse) {
  const { faults, requests, started } = controls;
  const send = (status: number, value: unknown) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(`${JSON.stringify(value)}\n`);
  };
  switch (`${method} ${path.replace(/\/$/, '')}`) {
    case 'GET /_sandbox':
      return send(200, { sandbox: true, name: 'cloudctl sandbox', requests: requests().length, started });
    case 'GET /_sandbox/requests':
      return send(200, { requests: requests() });
    case 'POST /_sandbox/reset':
      controls.reset();
      return send(200, { reset: true });
    case 'POST /_sandbox/faults': {
      const rule = parseFault(parse(body));
      if (typeof rule === 'string') return send(422, { error: { code: 'invalid_input', message: rule } });
      faults.add(rule);
      return send(201, { fault: rule });
    }
    case 'DELETE /_sandbox/faults':
      faults.clear();
      return send(200, { faults: [] });
    default:
      return send(404, { error: { code: 'not_found', message: 'no such control endpoint' } });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
