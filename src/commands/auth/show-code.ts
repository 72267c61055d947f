import type { PendingSignIn } from '../../core/auth/pending.ts';
import { escapeControls } from '../output/escape.ts';
import type { Format } from '../output/format.ts';
import { openProgress, type Progress } from '../output/progress.ts';
import type { Session } from '../session.ts';
import { openBrowser, refusal } from './browser.ts';

/** Shows code and address on standard error, opens the page where that is wanted and safe, and says that it waits. */
export async function showCode(
  session: Session,
  format: Format,
  begun: PendingSignIn,
  mayOpen: boolean,
): Promise<Progress> {
  const { world, settings, interactive } = session;
  const page = begun.verificationUriComplete ?? begun.verificationUri;
  const write = (text: string) => world.err.write(`${escapeControls(text)}\n`);
  write(`Your code: ${begun.userCode}`);
  write(`Open ${page} and approve there if it shows this code.`);
  if (mayOpen && interactive) {
    const refused = refusal(page, { endpoint: begun.endpoint, domain: settings.workosDomain });
    if (refused) write(`It is not opened by itself: ${refused}.`);
    else if (await openBrowser(world, page)) write('It is being opened in your browser.');
  }
  const minutes = Math.max(1, Math.round((begun.expiresAt - world.clock.now()) / 60_000));
  const progress = openProgress(world, { enabled: !settings.quiet && !format.machine, fancy: interactive });
  progress.update(`Waiting for the approval, ${minutes} min at most; Ctrl-C gives up`);
  return progress;
}
