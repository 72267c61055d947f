import type { FailureCode } from '../core/failure.ts';
import { type Field, type Fields, field } from '../core/field.ts';
import type { Kind, Resource, Verb } from '../core/resource.ts';
import {
  apiExits,
  type Command,
  type Group,
  outputFields,
  rehearseFields,
  targetFields,
  waitFields,
} from './command.ts';
import { operandsOf } from './operands.ts';
import { runCreate } from './run-create.ts';
import { runDescribe, runList } from './run-list.ts';
import { runTargets } from './run-targets.ts';

/** The commands of a resource's verbs, and those that are written by hand, which win where the name is the same. */
export function resourceGroup(resource: Resource, byHand: readonly Command[] = []): Group {
  const taken = new Set(byHand.map(({ name }) => name));
  const regular = Object.entries(resource.verbs)
    .filter(([name]) => !taken.has(name))
    .map(([name, verb]) => verbCommand(resource, name, verb));
  return { name: resource.name, commands: [...regular, ...byHand] };
}

/** One verb as a command: its own fields, and those that its kind brings. */
export function verbCommand(resource: Resource, name: string, verb: Verb): Command {
  const bulk = verb.kind === 'change' || verb.kind === 'delete';
  // Worked out when asked for: of a resource's thirty verbs a command line needs one.
  return {
    name,
    summary: verb.summary,
    get fields(): Fields {
      return { ...targetOf(resource, verb), ...verb.fields, ...kindFields(resource, verb) };
    },
    get examples() {
      return examplesOf(resource, name, verb);
    },
    get exits() {
      return exitsOf(verb.kind);
    },
    get columns() {
      return Object.keys(resource.columns);
    },
    targets: bulk
      ? {
          operand: resource.name,
          all: !('all' in verb.fields) && !hasOperands(verb),
          selector: !resource.unlabelled,
        }
      : undefined,
    run: (session, input) => runners[verb.kind]({ session, resource, name, verb, input }),
  };
}

/** Everything a runner needs of one command line. */
export interface Run {
  readonly session: import('./session.ts').Session;
  readonly resource: Resource;
  /** The verb's name. */
  readonly name: string;
  readonly verb: Verb;
  readonly input: Readonly<Record<string, unknown>>;
}

const runners: Readonly<Record<Kind, (run: Run) => Promise<void>>> = {
  list: runList,
  describe: runDescribe,
  create: runCreate,
  change: runTargets,
  delete: runTargets,
};

function targetOf(resource: Resource, verb: Verb): Fields {
  if (verb.kind === 'list' || verb.kind === 'create') return {};
  const refers = { resource: resource.name, as: 'name' } as const;
  const several = !hasOperands(verb);
  const summary = several ? 'Names, ids or patterns' : 'Name, id or pattern';
  const operand: Field = field('repeat', summary, { operand: several ? 'many' : 'one', refers });
  return { [resource.name]: operand };
}

function hasOperands(verb: Verb): boolean {
  return operandsOf(verb.fields).length > 0;
}

function kindFields(resource: Resource, verb: Verb): Fields {
  // A verb's own short flag wins: `add-label -o` is hcloud's --overwrite.
  const shorts = Object.values(verb.fields).map(({ short }) => short);
  const shared: Fields = {
    list: outputFields,
    describe: outputFields,
    create: { ...outputFields, ...waitFields, ...rehearseFields },
    change: changeFields(resource, verb),
    delete: changeFields(resource, verb),
  }[verb.kind];
  const entries = Object.entries(shared)
    .filter(([name]) => !(name in verb.fields))
    .map(([name, declared]) => [name, shorts.includes(declared.short) ? { ...declared, short: undefined } : declared]);
  return Object.fromEntries(entries);
}

function changeFields({ unlabelled }: Resource, verb: Verb): Fields {
  const { all, selector } = targetFields;
  return {
    ...(unlabelled ? {} : { selector }),
    ...(hasOperands(verb) ? {} : { all }),
    ...rehearseFields,
    ...waitFields,
    ...outputFields,
  };
}

function exitsOf(kind: Kind): FailureCode[] {
  const reading: FailureCode[] = [...apiExits];
  if (kind === 'list') return reading;
  if (kind === 'describe') return [...reading, 'not_found', 'partial'];
  if (kind === 'create') return [...reading, 'not_found', 'refused', 'conflict'];
  return [...reading, 'not_found', 'refused', 'conflict', 'partial'];
}

const sampleNames: Partial<Record<string, string>> = { server: 'web-1', volume: 'data-1', 'ssh-key': 'laptop' };

function examplesOf(resource: Resource, name: string, verb: Verb): readonly string[] {
  const start = `cloudctl ${resource.name} ${name}`;
  if (verb.examples) return verb.examples.map(example => `${start} ${example}`.trim());
  const target = verb.kind === 'list' || verb.kind === 'create' ? [] : [sampleNames[resource.name] ?? '42'];
  const operands = operandsOf(verb.fields).map(([, { choices, operand }]) =>
    operand ? (choices?.[0] ?? 'env=prod') : '',
  );
  return [[start, ...target, ...operands].join(' ')];
}
