import type { Fields, Input } from '../field.ts';
import type { CheckTools } from './tools.ts';

/** What one run found: `unknown` when it cannot tell, which is never taken for `down`. */
export type Outcome = 'up' | 'down' | 'unknown';

/** What one run of a check came to. */
export interface Result {
  readonly outcome: Outcome;
  /** One line for people: what was found, or what is wrong. */
  readonly message: string;
  /** What was measured, where the kind has a threshold: days, euros. */
  readonly value?: number;
  /** On which side of its threshold the value is wrong. */
  readonly wrong?: 'above' | 'below';
  /** Milliseconds by phase. */
  readonly timings?: Readonly<Record<string, number>>;
}

/** A kind of thing to watch. Its settings are declared, so the CLI, the docs and the API need nothing more. */
export interface Check<F extends Fields = Fields> {
  readonly name: string;
  readonly summary: string;
  readonly settings: F;
  /** What a bad result may be the fault of, besides what is watched. */
  readonly needs: 'network' | 'hetzner' | 'store';
  /** Throws `usage` for settings that make no sense. */
  validate?(settings: Input<F>): void | Promise<void>;
  /** The hosts that it connects to, by name or address. */
  hosts?(settings: Input<F>): readonly string[];
  /** Looks once. What it throws is an answer that cannot be told; its time is up when `tools.signal` is aborted. */
  run(settings: Input<F>, tools: CheckTools): Promise<Result>;
}

/** Declares a kind; the settings' types fix those of its input. */
export function kind<const F extends Fields>(declared: Check<F>): Check {
  return declared as unknown as Check;
}

/** All is well. */
export function up(message: string, more: Partial<Result> = {}): Result {
  return { outcome: 'up', message, ...more };
}

/** It is wrong. */
export function down(message: string, more: Partial<Result> = {}): Result {
  return { outcome: 'down', message, ...more };
}

/** It cannot be told, and why. */
export function unknown(message: string): Result {
  return { outcome: 'unknown', message };
}
