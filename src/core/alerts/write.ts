import { type Message, type Told, worstOf } from '../notify/message.ts';
import type { Alert } from './alert.ts';

/** Alerts that a message lists at the most. */
const mostListed = 100;

/** What a group has to tell. */
export interface Telling {
  readonly id: string;
  readonly at: number;
  readonly group: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly firing: readonly Alert[];
  readonly resolved: readonly Alert[];
  /** Nobody has acknowledged them for so long, in milliseconds. */
  readonly escalatedAfter?: number;
}

/** The message of a group: those that fire first, then those that are over. */
export function writeMessage(telling: Telling): Message {
  const { id, at, group, firing, resolved, escalatedAfter } = telling;
  const all = [...firing, ...resolved];
  const isFiring = firing.length > 0;
  const listed = all.slice(0, mostListed);
  const more = all.length - listed.length;
  const [first] = all;
  const count = [firing.length > 0 && `${firing.length} firing`, resolved.length > 0 && `${resolved.length} resolved`];
  const common = commonOf(all);
  const name = Object.entries(telling.labels).map(([label, value]) => `${label}=${value}`);
  const many = `${count.filter(Boolean).join(', ')}${name.length > 0 ? ` (${name.join(' ')})` : ''}: ${first?.summary}, ...`;
  const one = `${isFiring ? 'FIRING' : 'RESOLVED'}: ${first?.summary}`;
  const minutes = Math.round((escalatedAfter ?? 0) / 60_000);
  const prefix = escalatedAfter === undefined ? '' : `Not acknowledged for ${minutes} min: `;
  return {
    ...{ id, at, status: isFiring ? 'firing' : 'resolved', thread: `group/${group}`, labels: common, more },
    severity: worstOf((isFiring ? firing : resolved).map(({ severity }) => severity)),
    title: prefix + (all.length === 1 ? one : many),
    text: [...listed.map(lineOf), ...(more > 0 ? [`... and ${more} more: cloudctl alert list`] : [])].join('\n'),
    alerts: listed.map(toldOf),
  };
}

function lineOf({ state, severity, summary, labels, started, ended }: Alert): string {
  const time = new Date(ended ?? started).toISOString().slice(0, 19);
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return `${state === 'firing' ? severity : 'resolved'}  ${summary}\n  since ${time}Z  ${pairs.join(' ')}`;
}

function toldOf({ subject: key, state, severity, labels, summary, started, ended }: Alert): Told {
  return { key, firing: state === 'firing', severity, labels, summary, at: ended ?? started };
}

function commonOf([first, ...rest]: readonly Alert[]): Record<string, string> {
  const pairs = Object.entries(first?.labels ?? {});
  return Object.fromEntries(pairs.filter(([label, value]) => rest.every(({ labels }) => labels[label] === value)));
}
