import { type Api, collect } from '../../core/api.ts';
import { toFailure } from '../../core/failure.ts';
import type { Image, Location, Pricing, ServerType, SshKey } from '../../core/hetzner/types.ts';
import { serverNames } from '../../core/server-create/names.ts';
import { escapeControls } from '../output/escape.ts';
import type { Session } from '../session.ts';
import { type CreateInput, createFields } from './create.ts';
import type { Ask, Choice } from './create-ask.ts';
import { commandLine } from './create-command-line.ts';

/** What Hetzner offers and the project has, to choose from. */
export interface Offer {
  readonly types: readonly ServerType[];
  readonly locations: readonly Location[];
  readonly images: readonly Image[];
  readonly keys: readonly SshKey[];
  readonly currency: string;
}

/** Asks for the name, location, type, image and keys that no flag gave, and prints the command line that says the same. */
export async function runWizard(session: Session, typed: CreateInput, ask: Ask): Promise<CreateInput> {
  const offer = await fetchOffer(await session.api());
  const name = typed.name || (await ask.text('Name', answer => checkName(answer, typed.count)));
  const location = typed.location ?? (await askLocation(ask, offer));
  const type = typed.type?.length ? typed.type : [await ask.one('Server type', typeChoices(offer, location?.[0]))];
  const architecture = offer.types.find(one => one.name === type[0])?.architecture;
  const image = typed.image || (await ask.one('Image', imageChoices(offer.images, architecture)));
  const keys = typed['ssh-key'] ?? (session.settings.defaultSshKeys.length > 0 ? undefined : await askKeys(ask, offer));
  const input = { ...typed, name, type, image, location, 'ssh-key': keys };
  session.world.err.write(`The same without questions: ${escapeControls(spell(session, input))}\n`);
  return input;
}

function spell({ settings }: Session, input: CreateInput): string {
  const line = commandLine('server create', createFields, input);
  return settings.origins.context === 'flag' ? `${line} --context ${settings.contextName}` : line;
}

async function fetchOffer(api: Api): Promise<Offer> {
  const [types, locations, images, keys, { pricing }] = await Promise.all([
    collect<ServerType>(api.list('server_types')),
    collect<Location>(api.list('locations')),
    collect<Image>(api.list('images', { type: 'system', sort: 'name' })),
    collect<SshKey>(api.list('ssh_keys')),
    api.send<{ pricing: Pricing }>('GET', 'pricing'),
  ]);
  return { types, locations, images, keys, currency: pricing.currency };
}

function checkName(answer: string, count: number | undefined): string | true {
  try {
    serverNames(answer, count);
    return true;
  } catch (error) {
    return toFailure(error).message;
  }
}

async function askLocation(ask: Ask, { locations }: Offer): Promise<string[] | undefined> {
  const choices = locations.map(({ name, city, country }) => ({ name: `${name}  ${city}, ${country}`, value: name }));
  const answer = await ask.one('Location', [...choices, { name: 'anywhere: Hetzner chooses', value: '' }]);
  return answer === '' ? undefined : [answer];
}

/** The types offered at the location with what they cost there, cheapest first; those out of stock cannot be chosen. */
export function typeChoices({ types, currency }: Pick<Offer, 'types' | 'currency'>, location?: string): Choice[] {
  const rows = types.flatMap(type => {
    const places = (type.locations ?? []).filter(({ name }) => location === undefined || name === location);
    const prices = type.prices
      .filter(price => location === undefined || price.location === location)
      .map(price => Number(price.price_monthly.net));
    const withdrawn = type.deprecation || (places.length > 0 && places.every(({ deprecation }) => deprecation));
    if (prices.length === 0 || withdrawn) return [];
    const most = Math.max(...prices);
    const sold = places.length > 0 && places.every(({ available }) => available === false);
    const open = most > Math.min(...prices) ? 'up to ' : '';
    const parts = [
      `${type.cores} ${type.cores === 1 ? 'core' : 'cores'}`,
      `${type.memory} GB`,
      `${type.disk} GB disk`,
      type.cpu_type,
      type.architecture,
    ];
    const name = `${type.name.padEnd(6)} ${parts.join(', ')}, ${open}${most.toFixed(2)} ${currency} a month without VAT`;
    return [{ most, choice: { name, value: type.name, ...(sold && { disabled: '(out of stock)' }) } }];
  });
  return rows.toSorted((left, right) => left.most - right.most).map(({ choice }) => choice);
}

/** The systems for the architecture (any, where it is not known), without deprecated ones. */
export function imageChoices(images: readonly Image[], architecture: string | undefined): Choice[] {
  const fitting = images.filter(image => architecture === undefined || image.architecture === architecture);
  const current = fitting.filter(image => image.name !== null && !image.deprecation && !image.deprecated);
  const named = new Map(current.map(image => [image.name!, image.description]));
  return [...named].map(([value, description]) => ({ name: `${value}  ${description}`, value }));
}

async function askKeys(ask: Ask, { keys }: Offer): Promise<string[] | undefined> {
  if (keys.length === 0) return undefined;
  const choices = keys.map(key => ({ name: `${key.name}  ${key.fingerprint}`, value: keyWord(key) }));
  const chosen = await ask.many('SSH keys (none: Hetzner makes a root password)', choices);
  return chosen.length > 0 ? chosen : undefined;
}

/** What stands for a key in a flag that takes a list: its name, or its id where the name would be read as something else. */
function keyWord({ id, name }: SshKey): string {
  return /^\d+$|,|^\s|\s$|^-|[/\\]/.test(name) ? String(id) : name;
}
