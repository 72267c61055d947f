import { type Account, readAccount } from '../../core/auth/account.ts';
import { authenticate, grants, type ProblemDetails, type Workos } from '../../core/auth/workos.ts';
import { Failure } from '../../core/failure.ts';
import type { Session } from '../session.ts';

type Choices = NonNullable<ProblemDetails['organizations']>;

/** Finishes a sign-in that stopped since its user is in several organizations: with the one wanted, or one chosen on the terminal. */
export async function finishInOrganization(
  session: Session,
  workos: Workos,
  stopped: Failure,
  wanted: string | undefined,
): Promise<Account> {
  const { pendingToken, organizations = [] } = (stopped.details ?? {}) as ProblemDetails;
  if (pendingToken === undefined) throw stopped;
  const { id, name } = await chooseOrganization(session, organizations, wanted);
  const form = { grant_type: grants.selection, pending_authentication_token: pendingToken, organization_id: id };
  const { clock, signal } = session.world;
  try {
    const account = readAccount(await authenticate(workos, form, { timeout: 10_000, signal }), workos, clock.now());
    return { ...account, organization: { id, name } };
  } catch (error) {
    if (!(error instanceof Failure) || error.apiCode !== 'invalid_client') throw error;
    // WorkOS lets only clients that have a secret make this step.
    throw new Failure('forbidden', `the organization has to be chosen on the sign-in page, and was not`, {
      hint: `Sign in again and choose ${name} there; where the page does not ask, its administrator can have it do so`,
      cause: error,
    });
  }
}

async function chooseOrganization(session: Session, choices: Choices, wanted: string | undefined) {
  if (wanted !== undefined) {
    const found = choices.find(({ id, name }) => id === wanted || name === wanted);
    if (found) return found;
    throw new Failure('not_found', `organization not found: ${wanted}`, { hint: `There are: ${listed(choices)}` });
  }
  if (!session.interactive) {
    throw new Failure('usage', 'the account is in several organizations, and nobody can be asked here', {
      hint: `Add --org with one of: ${listed(choices)}`,
    });
  }
  const [{ prompt }, { escapeControls }] = await Promise.all([
    import('../output/prompt.ts'),
    import('../output/escape.ts'),
  ]);
  const options = choices.map(({ id, name }) => ({ name: escapeControls(name), value: id }));
  const chosen = await prompt(session.world, { type: 'select', message: 'Organization', choices: options });
  return choices.find(({ id }) => id === chosen)!;
}

function listed(choices: Choices): string {
  return choices.map(({ id, name }) => `${id} (${name})`).join(', ');
}
