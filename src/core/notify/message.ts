import type { Condition } from '../alerts/condition.ts';

export type Severity = Condition['severity'];

/** An alert as a message tells of it. */
export interface Told extends Pick<Condition, 'key' | 'firing' | 'severity' | 'labels' | 'summary'> {
  /** When it began, or ended; milliseconds. */
  readonly at: number;
}

/** What is to be said, to whom ever. */
export interface Message {
  /** The same however often it is sent. */
  readonly id: string;
  /** When it came about, in milliseconds. */
  readonly at: number;
  readonly status: 'firing' | 'resolved' | 'notice' | 'test' | 'digest';
  readonly severity: Severity;
  /** What it is about: messages of the same thread are told in their order. */
  readonly thread: string;
  /** One line. */
  readonly title: string;
  /** What else there is to say, in lines. */
  readonly text: string;
  /** What all of its alerts have in common. */
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly Told[];
  /** Alerts that are meant too and not listed. */
  readonly more: number;
  /** Those that a digest stands for, whole, in their order. */
  readonly messages?: readonly Message[];
}

/** The worst of some severities; `info` of none. */
export function worstOf(severities: readonly Severity[]): Severity {
  const order = ['critical', 'warning', 'info'] as const;
  return order.find(one => severities.includes(one)) ?? 'info';
}

/** Title and text, no longer than so many characters: what is left out is counted, and where it is to be found is said. */
export function writeText({ title, text }: Pick<Message, 'title' | 'text'>, most = 100_000): string {
  const whole = text === '' ? title : `${title}\n\n${text}`;
  if (whole.length <= most) return whole;
  const lines = whole.split('\n');
  const note = (left: number) => `... and ${left} more lines: cloudctl inbox list`;
  let kept = lines.length;
  let size = whole.length + note(lines.length).length + 1;
  while (kept > 1 && size > most) {
    kept -= 1;
    size -= lines[kept]!.length + 1;
  }
  const first = lines.slice(0, kept).join('\n');
  return `${first.slice(0, most - note(lines.length).length - 1)}\n${note(lines.length - kept)}`;
}

/** The last message of each thread, in order: what a digest says in the end of what it is about. */
export function lastOfEach({ messages, ...message }: Message): readonly Message[] {
  if (!messages) return [message];
  const last = new Map<string, Message>();
  for (const one of messages) {
    last.delete(one.thread);
    last.set(one.thread, one);
  }
  return [...last.values()];
}

/** An emblem and a colour (RGB) for a message: green for what is well again. */
export function lookOf({ status, severity }: Pick<Message, 'status' | 'severity'>): { emblem: string; color: number } {
  if (status === 'resolved') return { emblem: '✅', color: 0x2eb67d };
  if (status === 'test') return { emblem: '🔔', color: 0x3b82f6 };
  if (severity === 'critical') return { emblem: '🔴', color: 0xd0202e };
  return severity === 'warning' ? { emblem: '🟠', color: 0xf2a33a } : { emblem: '🔵', color: 0x3b82f6 };
}
