import { field } from '../../core/field.ts';
import { apiExits, command } from '../command.ts';
import type { Session } from '../session.ts';

/** `daemon freeze`: nothing is deleted by itself any more, from this moment on. */
export const freeze = command({
  name: 'freeze',
  summary: 'Stop every automated deletion at once',
  description:
    'Backups are still made; no image is marked or deleted by a rule until cloudctl daemon unfreeze. Who froze it, when and why is shown by every status.',
  fields: { reason: field('text', 'Why, for those who wonder', { placeholder: 'text' }) },
  examples: ["cloudctl daemon freeze --reason 'an incident'"],
  exits: [...apiExits],
  run: (session, input) => turn(session, 'freeze', input),
});

/** `daemon unfreeze`: the rules of the schedules hold again. */
export const unfreeze = command({
  name: 'unfreeze',
  summary: 'Let automated deletions go on',
  fields: {},
  examples: ['cloudctl daemon unfreeze'],
  exits: [...apiExits],
  run: session => turn(session, 'unfreeze', {}),
});

interface Answer {
  readonly status: { readonly frozen: { readonly since: string; readonly by: string } | null };
}

async function turn(session: Session, path: string, body: object): Promise<void> {
  const api = await session.api('daemon');
  const { frozen } = (await api.send<Answer>('POST', path, body)).status;
  if (session.settings.quiet) return;
  session.world.err.write(
    frozen
      ? `Automated deletions are stopped since ${frozen.since}, by ${frozen.by}.\n`
      : 'Automated deletions go on.\n',
  );
}
