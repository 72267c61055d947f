import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Failure } from '../../failure.ts';
import { field } from '../../field.ts';
import { pinned } from '../../transport/guard.ts';
import { down, kind, up } from '../check.ts';
import { downBy } from '../faults.ts';
import { checkHost, checkPort, host, port } from '../fields.ts';

const settings = {
  host,
  port: { ...port, required: true },
  expect: field('text', 'What the other side must say first', { placeholder: 'text' }),
} as const;

const longest = 4096;

/** A port that takes connections. */
export const tcp = kind({
  name: 'tcp',
  summary: 'A port that takes connections, and what it says first',
  settings,
  needs: 'network',
  validate(given) {
    checkHost(given.host);
    checkPort(given.port);
    if (given.expect === undefined || given.expect.length <= 1000) return;
    throw new Failure('usage', 'expect: is longer than 1000 characters');
  },
  hosts: given => [given.host],
  async run(given, { signal, guard }) {
    let socket: Socket | undefined;
    try {
      const lookup = pinned(await guard(given.host));
      const begun = performance.now();
      socket = connect({ host: given.host, port: given.port, lookup, signal });
      await once(socket, 'connect', { signal });
      const timings = { connect: Math.round((performance.now() - begun) * 10) / 10 };
      if (given.expect === undefined) return up(`connected in ${Math.round(timings.connect)} ms`, { timings });
      let said = '';
      for await (const chunk of socket) {
        said += (chunk as Buffer).toString('latin1');
        if (said.includes(given.expect)) return up(`it says '${given.expect}'`, { timings });
        if (said.length > longest) break;
      }
      return down(`it does not say '${given.expect}'`, { timings });
    } catch (error) {
      return downBy(error, signal);
    } finally {
      socket?.on('error', () => {}).destroy();
    }
  },
});
