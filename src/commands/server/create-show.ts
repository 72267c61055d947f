import { Failure, toFailure } from '../../core/failure.ts';
import type { Server } from '../../core/hetzner/types.ts';
import type { PlannedRequest } from '../../core/rehearse.ts';
import type { Item } from '../../core/resource.ts';
import { server } from '../../core/resources/server.ts';
import { createBody, shownBody } from '../../core/server-create/body.ts';
import { completion, type Ensured } from '../../core/server-create/ensure.ts';
import type { Known } from '../../core/server-create/look-up.ts';
import type { Order } from '../../core/server-create/order.ts';
import { followUpSteps } from '../../core/server-create/steps.ts';
import type { Attempt } from '../../core/server-create/wish.ts';
import { failTogether } from '../fail-together.ts';
import { escapeControls } from '../output/escape.ts';
import type { Format } from '../output/format.ts';
import { type Result, writeResults } from '../output/results.ts';
import { lookOf, printRows } from '../run-list.ts';
import type { Session } from '../session.ts';
import type { Deed } from '../wait.ts';

/** How the result is shown. */
export interface CreateLook {
  readonly format: Format;
  /** `--count` was given: an array, whatever the number. */
  readonly several: boolean;
  readonly ensure: boolean;
  readonly waited: boolean;
}

/** A server that was asked for, and what came of it. */
export interface Row extends Deed {
  readonly target: string;
}

interface Shown extends Known {
  readonly session: Session;
  readonly order: Order;
  readonly attempts: readonly Attempt[];
  readonly look: CreateLook;
  readonly tell: (line: string) => void;
}

/** Shows every server that there is, and then throws what went wrong: `broken` ended it for all. */
export async function showServers(shown: Shown, rows: readonly Row[], broken?: Failure): Promise<void> {
  const { session, look, wish, tell } = shown;
  const told = rows.map(row => ({ ...row, failure: row.failure && explain(row) }));
  const made = told.flatMap(row => madeOf(row) ?? []);
  for (const value of made) {
    const lost = !value.root_password && (value.result ?? 'created') === 'created' && wish.sshKeys.length === 0;
    if (lost) tell(`Note: no root password was told: cloudctl server reset-password ${value.server.name}`);
  }
  if (look.several || made.length > 0) {
    if (isPlain(look)) await printServer(session, look, made[0]!, tell);
    else await writeResults(session.world.out, look.format, told.map(toResult(look)), resultsLook(session, look));
  }
  tellPasswords(session, look, told);
  if (broken) throw broken;
  failTogether('create', told, look);
}

/** Shows what would be sent for each server; throws what would be refused before. */
export async function showPlans(shown: Shown): Promise<void> {
  const { session, order, look, tell } = shown;
  const rows = order.names.map((target): Row & { requests?: PlannedRequest[] } => {
    try {
      const requests = planOf(shown, target);
      if (requests.length === 0) tell(`${target}: unchanged`);
      return { target, requests };
    } catch (error) {
      return { target, failure: toFailure(error) };
    }
  });
  const results = rows.map(({ failure, ...row }) => ({ ...row, ok: !failure, error: failure }));
  await writeResults(session.world.out, look.format, results, resultsLook(session, look));
  failTogether('create', rows, look);
}

function planOf({ wish, existing, attempts }: Shown, name: string): PlannedRequest[] {
  const present = existing.get(name);
  if (present) return completion(present, wish).map(({ method, path, body }) => ({ method, path, body }));
  const body = shownBody(createBody(name, wish, attempts[0]!));
  const following = followUpSteps(wish, '{id}').map(({ method, path, body }) => ({ method, path, body }));
  return [{ method: 'POST', path: 'servers', body }, ...following];
}

type Made = Partial<Ensured> & { readonly server: Server };

function madeOf({ outcome }: Deed): Made | undefined {
  const value = outcome?.value as Made | undefined;
  return value?.server ? value : undefined;
}

/** True when one server is shown to a person as the list shows it. */
function isPlain({ several, waited, format }: CreateLook): boolean {
  return !several && waited && !format.machine && format.query === undefined;
}

async function printServer(session: Session, look: CreateLook, value: Made, tell: Shown['tell']): Promise<void> {
  if (look.ensure) tell(`${value.server.name}: ${describeResult(value)}`);
  await printRows(session, server, [value.server as unknown as Item], look.format);
  if (value.root_password && isTable(look.format)) {
    session.world.out.write(`root password: ${escapeControls(value.root_password)}\n`);
  }
}

/** Root passwords that the output has no place for: they are told once, and never again. */
function tellPasswords({ world }: Session, look: CreateLook, rows: readonly Row[]): void {
  for (const row of rows) {
    const password = madeOf(row)?.root_password;
    if (!password || hasPassword(look, row)) continue;
    world.err.write(`${escapeControls(`${row.target}: root password: ${password}`)}\n`);
  }
}

function hasPassword(look: CreateLook, row: Row): boolean {
  const { machine, query, kind } = look.format;
  if (machine || query !== undefined) return true;
  if (isPlain(look)) return isTable(look.format);
  // A row of several has its failure in place of all else.
  return (isTable(look.format) || kind === 'csv') && !(look.several && row.failure);
}

function isTable({ kind }: Format): boolean {
  return kind === 'table' || kind === 'wide';
}

function toResult(look: CreateLook) {
  return (row: Row): Result => {
    const value = madeOf(row);
    const actions = row.outcome?.actions ?? [];
    // One server that was made is shown even when something after it went wrong, which is thrown.
    const ok = look.several ? !row.failure : value !== undefined;
    const idle = actions.every(({ status }) => status !== 'running');
    return {
      target: row.target,
      id: value?.server.id,
      ok,
      message: value && (look.several || idle) ? describeServer(value) : undefined,
      value: value && bodyOf(value, look),
      actions,
      error: look.several ? row.failure : undefined,
    };
  };
}

function bodyOf({ server: item, root_password = null, result, changes }: Made, look: CreateLook): object {
  const told = look.ensure && (look.format.machine || look.format.query !== undefined);
  return { server: item, root_password, ...(told && { result, changes }) };
}

function describeServer(value: Made): string {
  const address = value.server.public_net.ipv4?.ip;
  return address ? `${describeResult(value)}, ${address}` : describeResult(value);
}

function describeResult({ result = 'created', changes = [] }: Made): string {
  return changes.length > 0 ? `${result} (${changes.join(', ')})` : result;
}

function resultsLook(session: Session, { several }: CreateLook) {
  return { several, ...lookOf(session) };
}

/** A failure after the server was made has to say that it was. */
function explain(row: Row): Failure {
  const failure = row.failure!;
  if (!madeOf(row)) return failure;
  const { code, message, hint, details, apiCode, correlationId, ambiguous } = failure;
  return new Failure(code, `server ${row.target} is there, but not complete: ${message}`, {
    hint: hint ?? 'The same command with --ensure does what is left',
    ...{ details, apiCode, correlationId, ambiguous, cause: failure },
  });
}
