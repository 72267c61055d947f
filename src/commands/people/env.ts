import { parseDaemon } from '../../core/config/daemon-access.ts';
import { HETZNER_ENDPOINT, originOf, parseEndpoint } from '../../core/config/endpoint.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { token } from '../../core/resources/token.ts';
import { apiExits, command, outputFields } from '../command.ts';
import { note } from '../context/tell.ts';
import { writeData } from '../output/data.ts';
import { parseFormat } from '../output/format.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';

/** A line of a shell that sets a variable; the values have neither quotes nor blanks in them. */
const shells = {
  sh: (name: string, value: string) => `export ${name}='${value}'`,
  fish: (name: string, value: string) => `set -gx ${name} '${value}'`,
  powershell: (name: string, value: string) => `$env:${name} = '${value}'`,
} as const;

/** `gateway env`: what other programs need to come in by the daemon. */
export const env = command({
  name: 'env',
  summary: 'Make a token for a while, and print the variables for hcloud, Terraform and others',
  description:
    'Makes a token of yours and prints lines for a shell that set HCLOUD_ENDPOINT, HETZNER_ENDPOINT and HCLOUD_TOKEN. They go to standard output only, for eval "$(cloudctl gateway env)". The address is the one of the daemon that the context or --daemon names, or the public-url of the daemon behind a socket.',
  fields: {
    ttl: field('duration', 'How long the token is good', { default: 28_800_000, placeholder: 'duration' }),
    project: field('text', 'The one project that it is for', { placeholder: 'name' }),
    permission: token.verbs.create!.fields.permission,
    shell: field('text', 'Shell that the lines are for', { choices: Object.keys(shells), default: 'sh' }),
    ...outputFields,
  },
  examples: ['cloudctl gateway env --ttl 8h', 'cloudctl gateway env --project production --shell fish'],
  exits: [...apiExits, 'refused'],
  async run(session, input) {
    const format = parseFormat(input);
    const api = await session.api('daemon');
    const base = await addressOf(session);
    const project = input.project as string | undefined;
    const endpoint = `${base}${project === undefined ? '' : `/projects/${encodeURIComponent(project)}`}/v1`;
    const body = { name: 'gateway env', ttl: input.ttl, project, permissions: input.permission };
    const made = await api.send<{ text: string; token: { expires: string } }>('POST', 'tokens', body);
    const variables = { HCLOUD_ENDPOINT: endpoint, HETZNER_ENDPOINT: endpoint, HCLOUD_TOKEN: made.text };
    const { out } = session.world;
    if (format.machine || format.query !== undefined || format.kind === 'template') {
      return writeData(out, format, { ...variables, expires: made.token.expires }, lookOf(session));
    }
    const line = shells[input.shell as keyof typeof shells];
    for (const [name, value] of Object.entries(variables)) out.write(`${line(name, value)}\n`);
    note(session, format, `the token is good until ${made.token.expires}`);
  },
});

/** Where others reach the daemon; throws `usage` where only its socket is known. */
async function addressOf(session: Session): Promise<string> {
  const { settings } = session;
  const named = settings.daemon === undefined ? undefined : parseDaemon(settings.daemon);
  if (named && 'endpoint' in named) return baseOf(named.endpoint);
  const endpoint = parseEndpoint(settings.endpoint);
  if (!named && originOf(endpoint) !== originOf(HETZNER_ENDPOINT)) return baseOf(endpoint);
  const api = await session.api('daemon');
  const { public_url: url } = await api.send<{ readonly public_url: string | null }>('GET', 'sign-in');
  if (url) return url.replace(/\/+$/, '');
  throw new Failure('usage', 'the daemon is reached by its socket only, which other programs do not speak', {
    hint: 'Set listen and public-url in its configuration',
  });
}

function baseOf(endpoint: string): string {
  return endpoint.replace(/(\/cloudctl)?\/v1$/, '');
}
