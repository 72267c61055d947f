import { down, kind, type Result, unknown, up } from '../check.ts';
import { downBy } from '../faults.ts';
import { checkHost, host } from '../fields.ts';

/** A host that answers to ICMP, by the system's own program: to send such a packet takes a right that a daemon should not have. */
export const ping = kind({
  name: 'ping',
  summary: "A host that answers to ping, where the daemon's system allows it",
  settings: { host },
  needs: 'network',
  validate: given => void checkHost(given.host),
  hosts: given => [given.host],
  async run({ host: target }, { signal, guard }) {
    let address: string;
    try {
      // By its number: the program would look the name up once more, and might be led elsewhere.
      address = (await guard(target))[0]!.address;
    } catch (error) {
      return downBy(error, signal);
    }
    const { execa } = await import('execa');
    const patience = process.platform === 'darwin' ? '2000' : '2';
    const done = await execa('ping', ['-n', '-c', '3', '-W', patience, address], {
      reject: false,
      cancelSignal: signal,
      maxBuffer: 65_536,
      env: { LC_ALL: 'C' },
    });
    signal.throwIfAborted();
    return readPing({ code: done.code, status: done.exitCode, said: `${done.stdout}\n${done.stderr}` });
  },
});

/** What the program `ping` ended with. */
export interface Pinged {
  /** Why it could not be started. */
  readonly code?: string;
  readonly status?: number;
  readonly said: string;
}

/** What that comes to; `unknown` where the system does not let us ping. */
export function readPing({ code, status, said }: Pinged): Result {
  if (code === 'ENOENT') return unknown("there is no program ping on the daemon's system");
  if (code === 'EACCES' || /not permitted|permission|lacking privilege/i.test(said)) {
    return unknown("the daemon's system does not allow it to ping");
  }
  if (/unknown host|not known|temporary failure in name/i.test(said)) return down('the name is not known');
  const lost = /([\d.]+)% packet loss/.exec(said)?.[1];
  const average = /= [\d.]+\/([\d.]+)\//.exec(said)?.[1];
  if (status === 0 && average !== undefined) {
    const some = lost !== undefined && Number(lost) > 0 ? `, ${lost} % lost` : '';
    return up(`answers in ${average} ms${some}`, { timings: { ping: Number(average) } });
  }
  if (lost !== undefined) return down(Number(lost) === 100 ? 'no answer' : `${lost} % lost`);
  return unknown(`ping ended with status ${status ?? '?'}: ${said.trim().split('\n').at(-1)?.slice(0, 100) ?? ''}`);
}
