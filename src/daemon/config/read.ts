import type { Table } from '../../core/config/document.ts';
import { readIfThere } from '../../core/config/storage.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import type { Configuration, Problem, Values } from './configuration.ts';
import { type Given, gatherEnvironment, gatherFile } from './gather.ts';
import { isLocal, parseListen } from './listen.ts';
import { type Places, placesOf, type Surroundings } from './places.ts';

/** A reading of the configuration: every fault at once, and as much as could be understood. */
export interface Reading {
  readonly file: string | undefined;
  readonly configuration: Configuration;
  readonly problems: readonly Problem[];
}

/** The configuration of this process; throws one `usage` that tells every fault with file, line and key. */
export async function loadConfiguration(world: Surroundings, named: string | undefined): Promise<Configuration> {
  const { configuration, problems, file } = await readConfiguration(world, named);
  if (problems.length > 0) throw failTogether(problems, file);
  return configuration;
}

/** Reads file and environment; a file that is named and not there is a fault, one at the usual place need not be there. Never throws for what they hold. */
export async function readConfiguration(world: Surroundings, named: string | undefined): Promise<Reading> {
  const places = placesOf(world);
  const file = named ?? places.config;
  const isWanted = named !== undefined || Boolean(world.env.CLOUDCTLD_CONFIG);
  try {
    const text = file === undefined ? undefined : readIfThere(file);
    if (text === undefined && isWanted) throw new Failure('usage', `${file}: there is no such file`);
    const { parse } = await import('smol-toml');
    return parseConfiguration({ text, file, env: world.env, places, parse });
  } catch (error) {
    const { message } = toFailure(error);
    const [where, fault] = splitWhere(message, file);
    const rest = parseConfiguration({ text: undefined, file, env: world.env, places, parse: () => ({}) });
    return { ...rest, problems: [{ where, message: fault }, ...rest.problems] };
  }
}

export interface Sources {
  readonly text: string | undefined;
  readonly file: string | undefined;
  readonly env: Surroundings['env'];
  readonly places: Places;
  /** Of TOML; throws an error with `line` for what is none. */
  readonly parse: (text: string) => Table;
}

/** The configuration that a text of TOML and the environment make, and all that is wrong with it. The environment wins. */
export function parseConfiguration({ text, file, env, places, parse }: Sources): Reading {
  const problems: Problem[] = [];
  const inFile = gatherFile({ text: text ?? '', file: file ?? '', parse, complain: problem => problems.push(problem) });
  const { given, warnings } = gatherEnvironment(env, problem => problems.push(problem));
  const all = { ...inFile.given, ...given };
  const values = withPlaces(all, places, problem => problems.push(problem));
  problems.push(...contradictions(all));
  const configuration = {
    file: text === undefined ? undefined : file,
    values,
    hooks: inFile.hooks,
    isSystem: places.isSystem,
    warnings: [...warnings, ...doubts(values)],
  };
  return { file, configuration, problems: problems.sort(byPlace) };
}

// In the order of the file; what stands in no line of it comes last.
function byPlace(a: Problem, b: Problem): number {
  const [one, other] = [a, b].map(({ where }) => Number(/:(\d+)$/.exec(where)?.[1] ?? Number.MAX_SAFE_INTEGER));
  return one! - other!;
}

/** The `usage` Failure for several faults. */
export function failTogether(problems: readonly Problem[], file: string | undefined): Failure {
  const lines = problems.map(({ where, message, hint }) => `${where}: ${message}${hint ? ` (${hint})` : ''}`);
  const details = problems.map(problem => ({ ...problem }));
  if (lines.length === 1) return new Failure('usage', lines[0]!, { details: { problems: details } });
  const message = `${lines.length} faults in the configuration${file ? ` ${file}` : ''}\n${lines.join('\n')}`;
  return new Failure('usage', message, { details: { problems: details } });
}

function withPlaces(given: Given, places: Places, complain: (problem: Problem) => void): Configuration['values'] {
  const values = Object.fromEntries(
    Object.entries(given).map(([name, { value }]) => [name, value]),
  ) as unknown as Values;
  const place = (key: 'state-directory' | 'socket', usual: string | undefined): string => {
    const found = values[key] ?? usual;
    if (!found) complain({ where: key, message: 'HOME is not set, so that it has no usual place', hint: `Set ${key}` });
    return found ?? '';
  };
  const stateDirectory = place('state-directory', places.stateDirectory);
  return { ...values, 'state-directory': stateDirectory, socket: place('socket', places.socket) };
}

/** What is wrong with keys that are right by themselves. */
function* contradictions(given: Given): Iterable<Problem> {
  const { listen, 'tls-cert': cert, 'tls-key': key, 'trusted-proxies': proxies, 'admin-token-file': admin } = given;
  if (cert && !key) yield { where: cert.where, message: 'tls-cert is given without tls-key' };
  if (key && !cert) yield { where: key.where, message: 'tls-key is given without tls-cert' };
  if (!listen && cert) yield { where: cert.where, message: 'tls-cert is given without listen' };
  if (!listen && admin) yield { where: admin.where, message: 'admin-token-file is given without listen' };
  const { 'workos-client-id': client, 'workos-organizations': organizations } = given;
  // An administrator of any organization of that client would be one here.
  if (client && !organizations)
    yield { where: client.where, message: 'workos-client-id is given without workos-organizations' };
  const apiKey = given['workos-api-key-file'];
  if (apiKey && !client)
    yield { where: apiKey.where, message: 'workos-api-key-file is given without workos-client-id' };
  const page = given['status-page.directory'];
  const { 'status-page.checks': checks, 'status-page.selector': selector } = given;
  if (page && !checks && !selector)
    yield {
      where: page.where,
      message: 'status-page.directory is given without status-page.checks or status-page.selector',
    };
  const chosen = checks ?? selector;
  if (!page && chosen)
    yield { where: chosen.where, message: 'checks of a status page are given without status-page.directory' };
  const isPlain = listen && !cert && !proxies;
  if (isPlain && !isLocal(parseListen(String(listen.value)))) {
    const hint = 'Give tls-cert and tls-key, or trusted-proxies where a proxy speaks https for it';
    yield { where: listen.where, message: `listen: ${listen.value} would be plain http beyond this machine`, hint };
  }
}

function* doubts({ listen, 'admin-token-file': admin, 'workos-client-id': client }: Values): Iterable<string> {
  if (listen && !admin && !client)
    yield 'listen: nobody can come in over it without admin-token-file or workos-client-id; only its health is served';
}

// What cannot be read says so after the path: the path is told once.
function splitWhere(message: string, file: string | undefined): [string, string] {
  if (file === undefined || !message.startsWith(file)) return [file ?? 'configuration', message];
  return [file, message.slice(file.length).replace(/^[:\s]+/, '')];
}
