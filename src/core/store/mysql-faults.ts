import { Failure, type FailureCode } from '../failure.ts';

/** An error of mysql2; its `sql` has every value in it, so that none is ever passed on as it is. */
interface Fault {
  readonly code?: string;
  readonly errno?: number;
  readonly message?: string;
  readonly fatal?: boolean;
}

const words: Readonly<Record<string, readonly [FailureCode, string, string?]>> = {
  ECONNREFUSED: ['unreachable', 'nothing listens there', 'Is the server running?'],
  ENOTFOUND: ['unreachable', 'there is no such host'],
  EAI_AGAIN: ['unreachable', 'the name of the host cannot be looked up now'],
  ENOENT: ['unreachable', 'there is no such socket', 'Is the server running?'],
  ETIMEDOUT: ['unreachable', 'it does not answer'],
  PROTOCOL_SEQUENCE_TIMEOUT: ['unreachable', 'it does not answer'],
  ER_SERVER_SHUTDOWN: ['unreachable', 'it is shutting down'],
  ER_CON_COUNT_ERROR: ['unreachable', 'it has too many connections', 'Raise max_connections of the server'],
  ER_TOO_MANY_USER_CONNECTIONS: ['unreachable', 'it has too many connections of this user'],
  ER_DISK_FULL: ['unreachable', 'no space is left on its disk', 'Make room on its disk'],
  ER_RECORD_FILE_FULL: ['unreachable', 'no space is left on its disk', 'Make room on its disk'],
  ER_OPTION_PREVENTS_STATEMENT: ['unreachable', 'it is read-only', 'Name the primary server, not a replica'],
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: ['unreachable', 'it is read-only'],
  ER_ACCESS_DENIED_ERROR: ['usage', 'user or password is wrong', 'Correct them in the address'],
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: ['usage', 'user or password is wrong', 'Correct them in the address'],
  ER_DBACCESS_DENIED_ERROR: ['usage', 'the user may not use this database', 'GRANT ALL ON the database to the user'],
  ER_TABLEACCESS_DENIED_ERROR: ['usage', 'the user may not use its tables', 'GRANT ALL ON the database to the user'],
  ER_BAD_DB_ERROR: ['usage', 'there is no such database', 'CREATE DATABASE, as an administrator of the server'],
  ER_NET_PACKET_TOO_LARGE: ['refused', 'a value is longer than max_allowed_packet'],
  ER_DATA_TOO_LONG: ['refused', 'a value is longer than its column takes'],
  ER_DUP_ENTRY: ['refused', 'a row with this key is there already'],
  ER_LOCK_DEADLOCK: ['busy', 'others change the same rows', 'Try again'],
  ER_LOCK_WAIT_TIMEOUT: ['busy', 'others hold the same rows', 'Try again'],
};

/** What a server says before it hangs up: shutting down, and killed by an administrator on MySQL and on MariaDB. */
const ended: ReadonlySet<number> = new Set([1053, 1317, 1927]);

/** True when the connection is of no use any more, so that nobody knows what became of the last statement. */
export function isLost(error: unknown): boolean {
  if (error instanceof Failure) return false;
  const { code = '', errno, fatal } = error as Fault;
  return fatal === true || ended.has(errno ?? 0) || /^(E[A-Z]+|EAI_AGAIN|PROTOCOL_\w+)$/.test(code);
}

/** The Failure for an error of mysql2, without statement and values; `where` is the address without its password. */
export function mysqlFailure(where: string, error: unknown, ambiguous = false): Failure {
  if (error instanceof Failure) return error;
  const { code = '', message = '' } = error as Fault;
  const known = words[code];
  if (known) {
    const [kind, text, hint] = known;
    const apiCode = code === 'ER_DUP_ENTRY' ? 'uniqueness_error' : undefined;
    return new Failure(kind, `${where}: ${text}`, { hint, apiCode, ambiguous });
  }
  if (isLost(error)) return new Failure('unreachable', `${where}: the connection was lost`, { ambiguous });
  // What the parser quotes of a statement may be a value.
  const detail = code === 'ER_PARSE_ERROR' ? '' : `: ${message}`;
  return new Failure('unexpected', `${where}: ${code || 'error'}${detail}`, { ambiguous });
}

/** The code of an error of mysql2, such as `ER_DUP_ENTRY`. */
export function codeOf(error: unknown): string {
  return String((error as Fault | undefined)?.code ?? '');
}
