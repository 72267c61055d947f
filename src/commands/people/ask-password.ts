import { Failure } from '../../core/failure.ts';
import { prompt } from '../output/prompt.ts';
import { readInput, type Session } from '../session.ts';

/** A password from a file, `-` for standard input, or asked for on the terminal without showing it, twice where it is `isNew`; throws `usage` where nobody can be asked. */
export async function askPassword(
  session: Session,
  file: string | undefined,
  { who, isNew = false }: { readonly who: string; readonly isNew?: boolean },
): Promise<string> {
  const { world } = session;
  if (file !== undefined) {
    const text = (await readInput(world, file)).toString('utf8').replace(/\r?\n$/, '');
    if (text !== '') return text;
    throw new Failure('usage', `--password-file: ${file === '-' ? 'standard input' : file} is empty`);
  }
  if (!session.interactive) {
    throw new Failure('usage', 'no password given, and nobody can be asked here', {
      hint: 'Use --password-file FILE, or --password-file - for standard input',
    });
  }
  const ask = async (message: string) => String(await prompt(world, { type: 'password', message, mask: '*' }));
  const password = await ask(`${isNew ? 'New password' : 'Password'} for ${who}:`);
  if (!isNew || password === (await ask('The same again:'))) return password;
  throw new Failure('usage', 'the two passwords are not the same');
}
