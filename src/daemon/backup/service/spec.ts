import type { SpecInput } from '../../../core/backup/spec.ts';
import type { ScheduleSpec } from '../../../core/backup/types.ts';
import { Failure } from '../../../core/failure.ts';
import type { DaemonLimits } from '../../tools.ts';

type Given = Readonly<Record<string, unknown>>;

const rules = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within'] as const;

/** The keys of a spec by the flags that give them, retention aside. */
const flags: Readonly<Record<string, keyof ScheduleSpec>> = {
  ...{ server: 'servers', selector: 'selector', exclude: 'exclude', cron: 'cron', zone: 'zone' },
  ...{ 'min-keep': 'minKeep', shutdown: 'shutdown', before: 'before', after: 'after', window: 'window' },
  ...{ jitter: 'jitter', grace: 'grace', 'max-monthly-cost': 'maxMonthlyCost', 'verify-cron': 'verifyCron' },
};

/** What was asked for, by the names of the flags, on top of what was there: an empty text or a limit of 0 takes a thing away. Still to be checked. */
export function specOf(input: Given, before?: ScheduleSpec): SpecInput {
  const changed = Object.entries(flags).flatMap(([flag, key]) => {
    const value = input[flag];
    if (value === undefined || value === null) return [];
    const isNothing = value === '' || (key === 'maxMonthlyCost' && Number(value) === 0);
    return [[key, isNothing ? undefined : key === 'maxMonthlyCost' ? Number(value) : value] as const];
  });
  const kept = rules.flatMap(rule => {
    const value = input[`keep-${rule}`];
    return value === undefined || value === null ? [] : [[rule, value] as const];
  });
  const keep = { ...before?.keep, ...Object.fromEntries(kept) };
  return { ...before, ...Object.fromEntries(changed), keep };
}

/** A refusal that names what was given by its flag: `min-keep`, where the spec has `minKeep`. */
export function nameFlags(failure: Failure): Failure {
  const message = failure.message.replace(/^[\w.]+(?=:)/, key => {
    const [flag] = Object.entries(flags).find(([, of]) => of === key) ?? [key.replace(/^keep\./, 'keep-')];
    return flag;
  });
  return new Failure(failure.code, message, { hint: failure.hint });
}

/** Throws `usage` for a hook that the configuration does not name. */
export function checkHooks({ before, after }: ScheduleSpec, { hooks }: DaemonLimits): void {
  for (const name of [before, after]) {
    if (name === undefined || hooks.includes(name)) continue;
    throw new Failure('usage', `no hook has the name '${name}'`, {
      hint:
        hooks.length > 0 ? `The configuration has: ${hooks.join(', ')}` : 'The configuration of the daemon has none',
    });
  }
}

/** The same as the API shows it: by the names of the fields with underscores, absent ones null. */
export function shownSpec(spec: ScheduleSpec): Record<string, unknown> {
  const { servers, selector = null, exclude, cron, zone, keep, minKeep, shutdown, before = null, after = null } = spec;
  const kept = rules.map(rule => [`keep_${rule}`, keep[rule] ?? null] as const);
  return {
    ...{ servers, selector, exclude, cron, zone },
    ...Object.fromEntries(kept),
    ...{ min_keep: minKeep, shutdown, before, after, window: spec.window, jitter: spec.jitter, grace: spec.grace },
    ...{ max_monthly_cost: spec.maxMonthlyCost ?? null, verify_cron: spec.verifyCron ?? null },
  };
}
