import type { Api } from '../core/api.ts';
import { Failure } from '../core/failure.ts';
import { isGlob, select, type Target } from '../core/find.ts';
import { pool } from '../core/pool.ts';
import { type PlannedRequest, rehearse } from '../core/rehearse.ts';
import type { Item, Outcome } from '../core/resource.ts';
import type { ResourceName } from '../core/resources/identities.ts';
import { forgetNames } from './complete/cache.ts';
import { confirmLoss } from './confirm.ts';
import { failTogether, failureOfTarget } from './fail-together.ts';
import { writeResults } from './output/results.ts';
import type { Run } from './resource-group.ts';
import { formatFor, lookOf } from './run-list.ts';
import type { Session } from './session.ts';
import { resolveReferences, verbCall } from './verb-call.ts';
import { type Deed, finishDeeds } from './wait.ts';

type Done = Target & Deed & { readonly requests?: readonly PlannedRequest[] };

/** A changing verb on every target: all are tried, waited for together, and told of one by one. */
export async function runTargets(run: Run): Promise<void> {
  // What was typed wrongly is said before anything is asked for.
  formatFor(run.session, run.resource, run.input);
  const api = await run.session.api(run.resource.of);
  await runOnTargets(run, api, await selectTargets(run, api));
}

/** The same on targets that were chosen already; one that has a failure is only told of. */
export async function runOnTargets(run: Run, api: Api, targets: readonly Target[]): Promise<void> {
  const { session, resource, verb, input } = run;
  const format = formatFor(session, resource, input);
  if (!input['dry-run']) {
    const items = targets.flatMap(({ item, failure }) => (item && !failure ? [item] : []));
    if (resource.name === 'server') await tellOwed(session, api, items, format.machine);
    await confirmLoss(session, resource, run.name, verb, items, input);
  }
  const resolved = await resolveReferences(api, verb.fields, input);
  const attempt = (target: Target) => attemptOne({ ...run, input: resolved }, api, target);
  const started = await pool(targets, session.settings.concurrency, attempt);
  if (!input['dry-run']) for (const name of changedNames(run)) await forgetNames(session, { name });
  const ended = await finishDeeds(session, api, started, { wait: !input['no-wait'], quiet: format.machine });
  const done: Done[] = started.map((one, index) => ({ ...one, ...ended[index] }));
  await show(run, format, done);
  failTogether(run.name, done, { several: isSeveral(run), title: resource.title });
}

/** Offers to finish what an earlier command left undone on these servers. */
async function tellOwed(session: Session, api: Api, items: readonly Item[], quiet: boolean): Promise<void> {
  const { offerToFinish } = await import('./finish.ts');
  await offerToFinish(session, api, items, { quiet });
}

/** The resources whose names or labels completion has to learn anew. */
function changedNames({ resource, verb, input }: Run): ResourceName[] {
  const keys = ['name', 'description', 'label', 'all'];
  const own = verb.kind === 'delete' || keys.some(key => key in verb.fields && input[key] !== undefined);
  return [...(own ? [resource.name] : []), ...(verb.affects ?? [])];
}

/** The targets that were typed or selected; none at all is `usage`. */
async function selectTargets({ resource, verb, input }: Run, api: Api): Promise<Target[]> {
  const names = (input[resource.name] as string[] | undefined) ?? [];
  const selector = selectorOf(resource, input);
  // A verb's own --all means something else: `remove-label --all` is every label, not every item.
  const all = input.all === true && !('all' in verb.fields);
  if (names.length === 0 && selector === undefined && !all) {
    throw new Failure('usage', `missing <${resource.name}>`, { hint: 'Give names, ids or patterns, or -l <selector>' });
  }
  const query = input.architecture === undefined ? undefined : { architecture: String(input.architecture) };
  return select(api, resource, { names, selector, all, query });
}

async function attemptOne(run: Run, api: Api, target: Target): Promise<Done> {
  if (!target.item || target.failure) return target;
  const rehearsal = run.input['dry-run'] ? rehearse(api) : undefined;
  try {
    const call = await verbCall(
      run.session,
      run.resource,
      { ...run.verb, fields: {} },
      run.input,
      target.item,
      rehearsal?.api ?? api,
    );
    const outcome: Outcome = await run.verb.run(call);
    return rehearsal ? { ...target, requests: rehearsal.requests } : { ...target, outcome };
  } catch (error) {
    return { ...target, failure: failureOfTarget(error) };
  }
}

async function show(run: Run, format: ReturnType<typeof formatFor>, done: readonly Done[]): Promise<void> {
  const { session, name, input } = run;
  const several = isSeveral(run);
  const only = done[0];
  if (!several && only?.failure) return;
  const results = done.map(({ target, item, outcome, failure, requests }) => ({
    target,
    id: item?.id,
    ok: !failure,
    message: failure || requests || isRunning(outcome) ? undefined : `${name} done`,
    value: outcome?.value,
    actions: outcome?.actions,
    error: failure,
    requests,
  }));
  if (session.settings.quiet && input.output === undefined && !several) return;
  await writeResults(session.world.out, format, results, { several, ...lookOf(session) });
}

function isRunning(outcome: Outcome | undefined): boolean {
  return outcome?.actions?.some(({ status }) => status === 'running') ?? false;
}

/** An array of results whenever more than one target was asked for, whatever matched. */
function isSeveral({ resource, input }: Pick<Run, 'resource' | 'input'>): boolean {
  const names = (input[resource.name] as string[] | undefined) ?? [];
  return names.length !== 1 || names.some(isGlob) || selectorOf(resource, input) !== undefined;
}

/** The selector of the targets: `schedule update -l` is the schedule's own. */
function selectorOf({ unlabelled }: Pick<Run['resource'], 'unlabelled'>, input: Run['input']): string | undefined {
  return unlabelled ? undefined : (input.selector as string | undefined);
}
