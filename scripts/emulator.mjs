// cloudctl's sign-in against the emulator in the npm package `workos`, another hand's stand-in for WorkOS.
// The package brings a large tree and is no dependency; npx puts it beside this run only:
//   npm run build && npx -y -p workos@0.14.0 node scripts/emulator.mjs
// It ends with 0 when all that the emulator supports has worked. The emulator listens on every address of this machine
// while that takes some seconds; nothing in it is real.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../bin/cloudctl.js', import.meta.url));
const email = 'ada@example.com';

/** The emulator as npx has installed it; its folder of programs leads the PATH, and modules are not looked for there. */
async function loadEmulator() {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, '../workos/dist/emulate/index.js'))
    .find(file => existsSync(file));
  if (found) return import(pathToFileURL(found).href);
  process.stderr.write('The package workos is not there. Try: npx -y -p workos@0.14.0 node scripts/emulator.mjs\n');
  process.exit(1);
}

/** What stands between: the emulator wants a key and JSON where WorkOS takes a public client's form. */
async function startShim({ url, apiKey }) {
  const server = createServer(async (request, response) => {
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const answer = await fetch(`${url}${request.url}`, {
        method: request.method,
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: request.method === 'POST' ? JSON.stringify(form) : undefined,
        redirect: 'manual',
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
      response.end(await answer.text());
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Asks the emulator's administration. */
async function administer({ url, apiKey }, path, body) {
  const answer = await fetch(`${url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Two organizations, of which the user is a member of the first. */
async function populate(emulator) {
  const users = await administer(emulator, '/user_management/users');
  const user = users.data.find(one => one.email === email);
  const [home, foreign] = [
    await administer(emulator, '/organizations', { name: 'Emulated' }),
    await administer(emulator, '/organizations', { name: 'Foreign' }),
  ];
  await administer(emulator, '/user_management/organization_memberships', {
    user_id: user.id,
    organization_id: home.id,
    role_slug: 'admin',
  });
  return { user, home, foreign };
}

/** The claims of a token, unverified. */
function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}

const { createEmulator } = await loadEmulator();
const emulator = await createEmulator({
  port: 0,
  seed: {
    users: [{ email, first_name: 'Ada', email_verified: true }],
    permissions: [{ slug: 'servers:write', name: 'Change servers' }],
    roles: [{ slug: 'admin', name: 'Admin', permissions: ['servers:write'] }],
  },
});
const shim = await startShim(emulator);
const folder = mkdtempSync(join(tmpdir(), 'cloudctl-emulator-'));
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  CLOUDCTL_WORKOS_ENDPOINT: `http://127.0.0.1:${shim.address().port}`,
  CLOUDCTL_WORKOS_CLIENT_ID: 'client_emulated',
  CLOUDCTL_TOKEN_STORAGE: 'file',
};

/** Runs the built program; its standard output. Throws what it says when it does not end with 0. */
async function cloudctl(line) {
  const run = promisify(execFile)(process.execPath, [program, ...line.split(' ')], { env, timeout: 60_000 });
  const { stdout } = await run.catch(error => {
    throw new Error(`status ${error.code}: ${error.stderr.trim()}`);
  });
  return stdout.trim();
}

const status = async () => JSON.parse(await cloudctl('auth status -o json'));
const token = () => cloudctl('auth token');

function expect(isTrue, what) {
  if (!isTrue) throw new Error(what);
}

try {
  const { user, home, foreign } = await populate(emulator);
  let before = '';
  const steps = [
    [
      'login --no-browser',
      async () => {
        await cloudctl('login --no-browser');
        return 'approved at once as the first user, without a page; no organization even for a member of just one';
      },
    ],
    [
      'auth status',
      async () => {
        const seen = await status();
        expect(seen.email === email && seen.user_id === user.id, `it shows ${seen.email}, ${seen.user_id}`);
        expect(seen.organization_id === null, `it shows the organization ${seen.organization_id}`);
        return undefined;
      },
    ],
    [
      'auth token',
      async () => {
        before = await token();
        const { sub, aud, iss, exp, iat } = claimsOf(before);
        expect(sub === user.id, `it is of ${sub}`);
        return `aud is ${aud}, which WorkOS leaves out; iss is ${iss.replace(/\d+$/, 'PORT')}; good for ${exp - iat} s`;
      },
    ],
    [
      'auth refresh',
      async () => {
        await cloudctl('auth refresh');
        const after = await token();
        expect(after !== before, 'the token is the same as before');
        const isOther = claimsOf(after).sid !== claimsOf(before).sid;
        return isOther ? 'every refresh begins another session; at WorkOS it goes on' : undefined;
      },
    ],
    [
      'auth switch --org',
      async () => {
        await cloudctl(`auth switch --org ${home.id}`);
        const { organization_id: organization, role, permissions } = await status();
        expect(organization === home.id && role === 'admin', `it shows ${organization}, ${role}`);
        expect(permissions.includes('servers:write'), `it shows the permissions ${permissions}`);
        return undefined;
      },
    ],
    [
      'auth switch --org, of others',
      async () => {
        await cloudctl(`auth switch --org ${foreign.id}`);
        const { role } = await status();
        expect(role === null, `it shows the role ${role}`);
        return 'lets in who is no member, without a role; WorkOS refuses';
      },
    ],
    [
      'logout',
      async () => {
        const { sid } = claimsOf(await token());
        const kept = JSON.parse(readFileSync(join(folder, '.config/cloudctl/credentials.json'), 'utf8'));
        const { refreshToken } = kept.accounts[email].tokens;
        const { ended_at_server: isEnded } = JSON.parse(await cloudctl('logout -o json'));
        expect(isEnded, 'the session was not ended at the emulator');
        const sessions = await administer(emulator, `/user_management/users/${user.id}/sessions`);
        expect(!sessions.data.some(({ id }) => id === sid), 'the emulator still lists the session');
        expect((await cloudctl('auth list -o json')) === '[]', 'the account is still there');
        const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'client_emulated' };
        const isRefreshed = await administer(emulator, '/user_management/authenticate', form).then(
          () => true,
          () => false,
        );
        return isRefreshed ? 'the session is gone, and yet its refresh token still gives tokens' : undefined;
      },
    ],
  ];
  for (const [name, work] of steps) {
    try {
      const otherwise = await work();
      process.stdout.write(`ok    ${name}${otherwise ? `\n      otherwise than WorkOS: ${otherwise}` : ''}\n`);
    } catch (error) {
      process.exitCode = 1;
      process.stdout.write(`FAILS ${name}\n      ${error.message}\n`);
    }
  }
} finally {
  shim.close();
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
}
