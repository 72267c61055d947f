import type { Log, LogFields } from '../core/log.ts';

/** Where records go: one line each, with its line break. */
export interface LogOutput {
  write(line: string): void;
}

export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'text';
  readonly output: LogOutput;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A log whose level can be changed while it is in use. */
export interface DaemonLog extends Log {
  setLevel(level: string): void;
  /** From now on this text is never written, wherever it stands. */
  hide(secret: string): void;
  /** A log that adds these fields to every record. */
  with(fields: LogFields): Log;
}

const secretKey = /token|secret|password|authorization|cookie|credential|private.?key/i;
const hidden = '[hidden]';

/** Records as lines of JSON (`time`, `level`, `msg` and the fields), or as lines for people. Values of keys that sound secret are hidden, and so is each text given to `hide`, in messages and stacks too. */
export async function createLog({ level, format, output, now }: LogOptions): Promise<DaemonLog> {
  const { pino } = await import('pino');
  const secrets = new Set<string>();
  const censor = (line: string) => {
    let text = line
      .replace(/\bBearer\s+[\w.~+/=-]+/gi, `Bearer ${hidden}`)
      .replace(/(:\/\/[^\s:/@"]*):[^\s@/"]+@/g, `$1:${hidden}@`);
    for (const secret of secrets) text = text.replaceAll(secret, hidden);
    return text;
  };
  const logger = pino(
    {
      level,
      base: undefined,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: label => ({ level: label }), log: fields => plain(fields, 0) as Record<string, unknown> },
    },
    { write: (line: string) => output.write(format === 'json' ? censor(line) : censor(humanLine(line))) },
  );
  const wrap = (target: typeof logger): Log => ({
    debug: (message, fields = {}) => target.debug(fields, message),
    info: (message, fields = {}) => target.info(fields, message),
    warn: (message, fields = {}) => target.warn(fields, message),
    error: (message, fields = {}) => target.error(fields, message),
  });
  return {
    ...wrap(logger),
    setLevel: wanted => {
      logger.level = wanted;
    },
    // As it stands within JSON too; what is very short would make every line unreadable.
    hide: secret => {
      if (secret.length >= 6)
        for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) secrets.add(form);
    },
    with: fields => wrap(logger.child(plain(fields, 0) as Record<string, unknown>)),
  };
}

/** The value with secrets hidden, errors as name, message and code, and nothing deeper than a reader would follow. */
function plain(value: unknown, depth: number): unknown {
  if (value instanceof Error) {
    const { name, message, code, stack } = value as Error & { code?: string };
    return { name, message, ...(code && { code }), ...(code === 'unexpected' || name !== 'Failure' ? { stack } : {}) };
  }
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (depth > 4) return '...';
  if (Array.isArray(value)) return value.slice(0, 100).map(one => plain(one, depth + 1));
  const entries = Object.entries(value).map(([key, one]) => {
    const hides = secretKey.test(key) && typeof one === 'string';
    return [key, hides ? hidden : plain(one, depth + 1)];
  });
  return Object.fromEntries(entries);
}

/** `08:00:00.123 warn  the store is slow  ms=1200`. */
function humanLine(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(
    ([key, value]) =>
      `${key}=${typeof value === 'string' && /^[!#-<>-~]+$/.test(value) ? value : JSON.stringify(value)}`,
  );
  // No field may move the cursor or colour the terminal: JSON has escaped C0, this is the rest.
  const words = [String(time).slice(11, 23), String(level).padEnd(5), JSON.stringify(msg).slice(1, -1), ...rest].join(
    ' ',
  );
  return `${words.replace(/[\u007f-\u009f]/g, '?')}\n`;
}
