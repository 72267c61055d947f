import type { World } from '../../core/world.ts';

/** Why a page is not opened by itself, for people; undefined when it may be: https on a host where sign-ins are expected. */
export function refusal(page: string, { endpoint, domain }: { endpoint: string; domain?: string }): string | undefined {
  const url = URL.canParse(page) ? new URL(page) : undefined;
  if (url?.protocol !== 'https:') return 'its address is not https';
  if (url.username || url.password) return 'its address has a user name in it';
  const host = url.hostname;
  const isExpected = domain === undefined ? isOfWorkos(host) || host === new URL(endpoint).hostname : host === domain;
  return isExpected ? undefined : `${host} is not where sign-ins are expected; where it is, set CLOUDCTL_WORKOS_DOMAIN`;
}

function isOfWorkos(host: string): boolean {
  return /^([a-z0-9-]+\.)*(workos\.com|authkit\.app)$/.test(host);
}

/** The program that opens a page here, and its words; undefined where there is none, as over ssh. */
export function browserCommand({ env, platform }: Pick<World, 'env' | 'platform'>, page: string): string[] | undefined {
  if (env.BROWSER) return [env.BROWSER, page];
  if (env.SSH_CONNECTION) return undefined;
  if (platform === 'darwin') return ['open', page];
  // No shell comes between: `&` in an address would end its command line.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', page];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', page] : undefined;
}

/** Opens the page and does not wait for the browser; false where none could be started. */
export async function openBrowser(world: Pick<World, 'env' | 'platform'>, page: string): Promise<boolean> {
  const command = browserCommand(world, page);
  if (!command) return false;
  const { execa } = await import('execa');
  const [file, ...words] = command;
  const child = execa(file!, words, {
    stdio: 'ignore',
    detached: true,
    reject: false,
    cleanup: false,
    env: { ...world.env },
    extendEnv: false,
  });
  child.unref();
  return child.pid !== undefined;
}
