import { type Credentials, openCredentials, type Storage } from '../../core/auth/credentials.ts';
import { escapeControls } from '../output/escape.ts';
import type { Format } from '../output/format.ts';
import { writeItem } from '../output/item.ts';
import type { Session } from '../session.ts';

/** Shows what was done: a sentence for people, the value for the other formats. */
export async function tell<T extends object>(
  session: Session,
  format: Format,
  name: string,
  done: string,
  value: T,
): Promise<void> {
  const { out, clock } = session.world;
  if (format.query === undefined && (format.kind === 'table' || format.kind === 'wide')) {
    if (!session.settings.quiet) out.write(`${escapeControls(`${name}: ${done}`)}\n`);
    return;
  }
  await writeItem(out, format, value, { nameOf: () => name, idOf: () => name, now: clock.now() });
}

/** Says on standard error what a person may not expect; programs that read the output do not get it. */
export function note(session: Session, format: Format, text: string): void {
  if (!format.machine && !session.settings.quiet) session.world.err.write(`Note: ${escapeControls(text)}\n`);
}

/** Notes what wins over the active context, when something in the environment does. */
export function noteOverride(session: Session, format: Format): void {
  const { env } = session.world;
  const winner = ['CLOUDCTL_TOKEN', 'CLOUDCTL_CONTEXT', 'HCLOUD_TOKEN', 'HCLOUD_CONTEXT'].find(name => env[name]);
  if (winner) note(session, format, `${winner} is set and wins over the active context`);
}

/** The credentials of this configuration, kept as the settings say; a first token kept as plain text is noted. */
export function openStore(session: Session, format: Format): Credentials {
  const { configPath, tokenStorage } = session.settings;
  return openCredentials(session.world, configPath, tokenStorage as Storage, text => note(session, format, text));
}
