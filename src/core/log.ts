/** Particulars of a record: never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes records, one line each; messages are lower case and constant, what varies is in the fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
