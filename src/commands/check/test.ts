import { Failure } from '../../core/failure.ts';
import { find } from '../../core/find.ts';
import { check } from '../../core/resources/check.ts';
import type { Command } from '../command.ts';
import { writeData } from '../output/data.ts';
import { escapeControls } from '../output/escape.ts';
import { parseFormat } from '../output/format.ts';
import { verbCommand } from '../resource-group.ts';
import { lookOf } from '../run-list.ts';
import { verbCall } from '../verb-call.ts';

interface Tested {
  readonly outcome: string;
  readonly message: string;
  readonly timings?: Readonly<Record<string, number>>;
}

const verb = check.verbs.test!;
const regular = verbCommand(check, 'test', verb);

/** `check test`: what a look finds now; fails unless it is up, so that scripts can ask. */
export const test: Command = {
  ...regular,
  description:
    'The daemon looks at once, whatever the interval. The exit status is 0 when it is up, and 6 when it is not.',
  get fields() {
    const { check: name, ...rest } = regular.fields;
    return { check: { ...name!, summary: 'Name or id', operand: 'one' as const, required: true }, ...rest };
  },
  examples: ['cloudctl check test web', 'cloudctl check test web -o json'],
  exits: [...regular.exits.filter(code => code !== 'partial'), 'refused'],
  columns: [],
  run: async (session, input) => {
    const format = parseFormat({ ...input, available: [] });
    const api = await session.api('daemon');
    const [ref] = input.check as unknown as string[];
    const item = await find(api, check, ref!);
    const { value } = await verb.run(await verbCall(session, check, verb, {}, item));
    const { result } = value as { readonly result: Tested };
    const { out } = session.world;
    if (format.query !== undefined || format.machine || format.kind === 'template') {
      await writeData(out, format, result, lookOf(session));
    } else {
      out.write(`${escapeControls(`${item.name} is ${result.outcome}: ${result.message}`)}\n`);
      for (const [phase, ms] of Object.entries(result.timings ?? {})) out.write(`  ${phase}: ${ms} ms\n`);
    }
    if (result.outcome !== 'up') throw new Failure('refused', `check ${item.name} is ${result.outcome}`);
  },
};
