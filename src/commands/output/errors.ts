import { Failure } from '../../core/failure.ts';
import type { Screen } from '../../core/world.ts';
import { explainDetails } from './details.ts';
import { escapeControls, escapeJson } from './escape.ts';

/** A failure as programs read it, under `error` on stderr and in the results of several targets; `null` where there is nothing. */
export interface FailureBody {
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
  readonly correlation_id: string | null;
  readonly exit: number;
  readonly api_code: string | null;
  /** The next step, where there is one. */
  readonly hint?: string;
  /** Present when the request may have had its effect all the same. */
  readonly ambiguous?: true;
}

/** The failure as plain data; failures within its details too. */
export function failureBody(failure: Failure): FailureBody {
  return {
    code: failure.code,
    message: failure.message,
    details: failure.details ?? null,
    correlation_id: failure.correlationId ?? null,
    exit: failure.exit,
    api_code: failure.apiCode ?? null,
    hint: failure.hint,
    ambiguous: failure.ambiguous || undefined,
  };
}

/** Writes why the command failed: lines for people, or `{"error":{...}}` on one line for a machine format. */
export function writeFailure(err: Screen, failure: Failure, machine: boolean): void {
  err.write(
    machine
      ? `${machineLine(failure)}\n`
      : humanLines(failure)
          .map(line => `${line}\n`)
          .join(''),
  );
}

function machineLine(failure: Failure): string {
  // Details may hold failures of single targets, and an Error's message is not enumerable.
  const plain = (_: string, value: unknown) => (value instanceof Failure ? failureBody(value) : value);
  return escapeJson(JSON.stringify({ error: failureBody(failure) }, plain));
}

function humanLines(failure: Failure): string[] {
  const [first = '', ...more] = failure.message.split('\n').map(escapeControls);
  const lines = [`cloudctl: ${first}`, ...more.map(line => `  ${line}`)];
  lines.push(...explainDetails(failure.details).map(line => `- ${escapeControls(line)}`));
  if (failure.ambiguous) lines.push('It may have had its effect all the same');
  if (failure.hint) lines.push(...explainHint(failure.hint));
  if (failure.correlationId) lines.push(`(correlation id ${escapeControls(failure.correlationId)})`);
  return lines;
}

function explainHint(hint: string): string[] {
  const [first = '', ...more] = hint.split('\n').map(escapeControls);
  // A hint is either a command to type or a sentence.
  return [first.startsWith('cloudctl ') ? `Try: ${first}` : first, ...more];
}
