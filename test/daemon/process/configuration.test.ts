import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { exampleConfiguration } from '../../../src/daemon/config/example.ts';
import { type KeyName, keyOf, keys } from '../../../src/daemon/config/keys.ts';
import { placesOf } from '../../../src/daemon/config/places.ts';
import { failTogether, parseConfiguration } from '../../../src/daemon/config/read.ts';

const file = '/etc/cloudctl/cloudctld.toml';
const user = { env: { HOME: '/home/ada', XDG_RUNTIME_DIR: '/run/user/1000' }, platform: 'linux', uid: 1000 };

function read(text: string, env: Record<string, string> = {}) {
  const world = { ...user, env: { ...user.env, ...env } };
  return parseConfiguration({ text, file, env: world.env, places: placesOf(world), parse });
}

const faults = (text: string, env = {}) =>
  read(text, env).problems.map(({ where, message, hint }) => `${where}: ${message}${hint ? ` | ${hint}` : ''}`);

describe('the configuration of the daemon', () => {
  it('is not needed: every key has a default, a usual place, or may be absent', () => {
    const { configuration, problems } = read('');
    expect(problems).toEqual([]);
    expect(configuration.values).toMatchObject({
      'state-directory': '/home/ada/.local/state/cloudctl/daemon',
      socket: '/run/user/1000/cloudctl/cloudctl.sock',
      store: 'sqlite',
      'log-level': 'info',
      'max-concurrent-images': 2,
      'copies.keep': 7,
    });
    expect(configuration.isSystem).toBe(false);
  });

  it('takes every key from the file, and the environment wins over it', () => {
    const text = `
      log-level = "warn"
      max-concurrent-images = 5
      trusted-proxies = ["10.0.0.0/8", "::1"]
      listen = "[::]:8443"
      [copies]
      keep = 3
      [hooks.freeze-db]
      command = ["/usr/local/bin/freeze", "web 1"]
      timeout = "1m30s"
    `;
    const { configuration, problems } = read(text, {
      CLOUDCTLD_LOG_LEVEL: 'debug',
      CLOUDCTLD_COPIES_KEEP: '9',
      CLOUDCTLD_STORE: '',
    });
    expect(problems).toEqual([]);
    expect(configuration.values).toMatchObject({
      'log-level': 'debug',
      'max-concurrent-images': 5,
      'copies.keep': 9,
      store: 'sqlite',
    });
    expect(configuration.values['trusted-proxies']).toEqual(['10.0.0.0/8', '::1']);
    expect(configuration.hooks).toEqual({
      'freeze-db': { command: ['/usr/local/bin/freeze', 'web 1'], timeout: 90_000 },
    });
  });

  it('has a status page only with a folder and checks, which the file and the variables give', () => {
    const text = '[status-page]\ndirectory = "/var/www/status"\nchecks = ["web", "db-*"]';
    const { configuration, problems } = read(text, { CLOUDCTLD_STATUS_PAGE_SELECTOR: 'public=yes' });
    expect(problems).toEqual([]);
    expect(configuration.values).toMatchObject({
      ...{ 'status-page.directory': '/var/www/status', 'status-page.checks': ['web', 'db-*'] },
      ...{ 'status-page.selector': 'public=yes', 'status-page.title': 'Status', 'status-page.group-by': 'group' },
    });
    const faultOf = (lines: string) =>
      read(`[status-page]\n${lines}`)
        .problems.map(({ message }) => message)
        .join();
    expect(faultOf('directory = "/srv"')).toMatch('without status-page.checks or status-page.selector');
    expect(faultOf('checks = ["web"]')).toMatch('without status-page.directory');
    expect(faultOf('directory = "srv"\nchecks = ["web"]')).toMatch('is not an absolute path');
    expect(faultOf('directory = "/srv"\nselector = "a b"')).toMatch('is not a label selector');
    expect(faultOf('directory = "/srv"\nchecks = ["a"]\ngroup-by = "a b"')).toMatch('is not a label key');
  });

  it('has a variable of its own for every key, and tells one that is nearly one of them', () => {
    const variables = (Object.keys(keys) as KeyName[]).map(name => keyOf(name).env);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables.every(name => /^CLOUDCTLD_[A-Z_]+$/.test(name))).toBe(true);
    expect(read('', { CLOUDCTLD_LOG_LEVL: 'debug' }).configuration.warnings).toEqual([
      'CLOUDCTLD_LOG_LEVL is no variable of the daemon: did you mean CLOUDCTLD_LOG_LEVEL?',
    ]);
  });

  it('tells all faults at once, each with file, line, key and what is taken', () => {
    const text = [
      'log-levl = "info"',
      'log-level = "loud"',
      'store = "postgres://root:hunter2@db/x"',
      'listen = "0.0.0.0:80"',
      'socket = "run/here"',
      'socket-mode = "0666"',
      'tls-cert = "/c.pem"',
      'max-concurrent-images = 0',
      'snapshot-limit = "ten"',
      'hetzner_token = "abc"',
      'public-url = "http://cloud.example"',
      '[copies]',
      'keep = 1.5',
      'kep = 1',
      '[hooks.Bad]',
      'command = []',
      'timeot = "x"',
      '[hooks.good]',
      'command = ["freeze"]',
      'timeout = 30',
    ].join('\n');
    expect(faults(text)).toMatchInlineSnapshot(`
      [
        "/etc/cloudctl/cloudctld.toml:1: unknown key: log-levl | Did you mean log-level?",
        "/etc/cloudctl/cloudctld.toml:2: log-level: 'loud' is not one of debug, info, warn, error",
        "/etc/cloudctl/cloudctld.toml:3: store: it is neither sqlite nor mysql://user:password@host/database",
        "/etc/cloudctl/cloudctld.toml:5: socket: 'run/here' is not an absolute path",
        "/etc/cloudctl/cloudctld.toml:6: socket-mode: mode 0666 makes every user of this host an administrator | Give 0660 and a socket-group",
        "/etc/cloudctl/cloudctld.toml:7: tls-cert is given without tls-key",
        "/etc/cloudctl/cloudctld.toml:8: max-concurrent-images: 0 is less than 1",
        "/etc/cloudctl/cloudctld.toml:9: snapshot-limit takes a whole number",
        "/etc/cloudctl/cloudctld.toml:10: unknown key: hetzner_token | No secret stands in this file: see hetzner-token-file",
        "/etc/cloudctl/cloudctld.toml:11: public-url: it is plain http, which is for this machine only | Use https://cloud.example",
        "/etc/cloudctl/cloudctld.toml:13: copies.keep: '1.5' is not a whole number",
        "/etc/cloudctl/cloudctld.toml:14: unknown key: copies.kep | Did you mean copies.keep?",
        "/etc/cloudctl/cloudctld.toml:15: hooks.Bad: 'Bad' is not a name of a hook | Small letters, digits and - inside, at most 63",
        "/etc/cloudctl/cloudctld.toml:16: hooks.Bad.command: command takes a list of words | Such as ["/usr/local/bin/freeze", "web"]",
        "/etc/cloudctl/cloudctld.toml:17: hooks.Bad.timeot: unknown key | Did you mean timeout?",
        "/etc/cloudctl/cloudctld.toml:19: hooks.good.command: 'freeze' is not an absolute path of a program",
        "/etc/cloudctl/cloudctld.toml:20: hooks.good.timeout: takes a duration | Such as "30s"",
      ]
    `);
  });

  it.each([
    ['log-level = ', /^\/etc\/cloudctl\/cloudctld\.toml:1: not TOML: /],
    ['a = 1\na = 2', /^\/etc\/cloudctl\/cloudctld\.toml:2: not TOML: /],
    ['hooks = 3', /:1: hooks is a table/],
    ['hooks.x = "true"', /:1: hooks\.x is a table/],
    ['copies = 7', /:1: unknown key: copies/],
    ['[socket]\nx = 1', /:1: socket takes a text/],
    ['log-level = 2026-11-25', /:1: log-level takes a text/],
    ['listen = "127.0.0.1:99999"', /:1: listen: '127\.0\.0\.1:99999' is not an address and a port/],
    ['tls-cert = "/a"\nlisten=":443"', /:1: tls-cert is given without tls-key/],
    [`socket = "/${'x'.repeat(120)}"`, /:1: socket: a socket's path has 107 bytes at most, this one has 121/],
    ['trusted-proxies = ["10.0.0.0/40"]', /:1: trusted-proxies: '10\.0\.0\.0\/40' is not a network/],
  ])('refuses %j', (text, said) => {
    expect(faults(text)[0]).toMatch(said);
  });

  it('refuses a variable by its own name', () => {
    expect(faults('', { CLOUDCTLD_SNAPSHOT_LIMIT: '-1' })).toEqual([
      'CLOUDCTLD_SNAPSHOT_LIMIT: snapshot-limit: -1 is less than 1',
    ]);
  });

  it('speaks plain http beyond this machine only behind a proxy', () => {
    expect(faults('listen = "10.1.1.1:80"')).toHaveLength(1);
    expect(faults('listen = ":80"')).toHaveLength(1);
    expect(faults('listen = "127.0.0.1:80"')).toEqual([]);
    expect(faults('listen = "[::1]:80"')).toEqual([]);
    expect(faults('listen = "10.1.1.1:80"\ntrusted-proxies = ["10.1.1.2"]')).toEqual([]);
    expect(faults('listen = "10.1.1.1:80"\ntls-cert = "/c"\ntls-key = "/k"')).toEqual([]);
  });

  it('never repeats a password of an address', () => {
    for (const text of [
      'store = "mysql://root:hunter22@/"',
      'redis = "http://:hunter22@r"',
      'public-url = "https://a:hunter22@b"',
      'store = "mysql://a:hunter22@h/b',
    ]) {
      expect(faults(text).join('\n')).not.toContain('hunter22');
      expect(faults(text).length).toBeGreaterThan(0);
    }
  });

  it('has an example that explains every key and sets nothing, and that is right when it is uncommented', () => {
    const text = exampleConfiguration();
    expect(read(text)).toMatchObject({ problems: [] });
    expect(parse(text)).toEqual({ copies: {}, 'status-page': {}, heartbeat: {} });
    for (const name of Object.keys(keys)) expect(text).toContain(`# ${name.split('.').at(-1)} = `);
    const uncommented = text.replace(/^# (?=[a-z-]+ = |\[hooks)/gm, '');
    expect(() => parse(uncommented)).not.toThrow();
    expect(read(uncommented).problems.filter(({ message }) => /duration|number|selector/.test(message))).toEqual([]);
  });

  it('puts several faults into one failure', () => {
    const { message, exit } = failTogether(read('a = 1\nb = 2').problems, file);
    expect(exit).toBe(2);
    expect(message.split('\n')).toHaveLength(3);
    expect(message).toMatch(/^2 faults in the configuration \/etc\/cloudctl\/cloudctld\.toml\n/);
  });
});

describe('the usual places', () => {
  it.each([
    [
      'root',
      { env: { HOME: '/root' }, platform: 'linux', uid: 0 },
      ['/etc/cloudctl/cloudctld.toml', '/var/lib/cloudctl', '/run/cloudctl/cloudctl.sock', true],
    ],
    [
      'a unit of the host, under a user of its own',
      {
        env: {
          RUNTIME_DIRECTORY: '/run/cloudctl',
          STATE_DIRECTORY: '/var/lib/cloudctl',
          CONFIGURATION_DIRECTORY: '/etc/cloudctl',
        },
        platform: 'linux',
        uid: 61184,
      },
      ['/etc/cloudctl/cloudctld.toml', '/var/lib/cloudctl', '/run/cloudctl/cloudctl.sock', true],
    ],
    [
      'a unit of a user',
      {
        env: { HOME: '/home/ada', XDG_RUNTIME_DIR: '/run/user/1000', RUNTIME_DIRECTORY: '/run/user/1000/cloudctl' },
        platform: 'linux',
        uid: 1000,
      },
      [
        '/home/ada/.config/cloudctl/cloudctld.toml',
        '/home/ada/.local/state/cloudctl/daemon',
        '/run/user/1000/cloudctl/cloudctl.sock',
        false,
      ],
    ],
    [
      'a user without a runtime directory',
      { env: { HOME: '/home/ada' }, platform: 'linux', uid: 1000 },
      [
        '/home/ada/.config/cloudctl/cloudctld.toml',
        '/home/ada/.local/state/cloudctl/daemon',
        '/home/ada/.local/state/cloudctl/daemon/cloudctl.sock',
        false,
      ],
    ],
    ['a user without a home', { env: {}, platform: 'linux', uid: 1000 }, [undefined, undefined, undefined, false]],
  ])('of %s', (_, world, expected) => {
    const { config, stateDirectory, socket, isSystem } = placesOf(world);
    expect([config, stateDirectory, socket, isSystem]).toEqual(expected);
  });
});

describe('anything as a configuration', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.array(fc.string(), { maxLength: 3 }),
  );
  const key = fc.oneof(
    fc.constantFrom(...Object.keys(keys), 'hooks', 'copies', 'hooks.a.command', '__proto__', 'constructor'),
    fc.string(),
  );
  const document = fc.dictionary(
    key,
    fc.oneof(scalar, fc.dictionary(key, fc.oneof(scalar, fc.dictionary(key, scalar)))),
    { maxKeys: 8 },
  );
  const places = placesOf(user);

  it('is read or refused with sentences, and never throws: tables of all kinds', () => {
    fc.assert(
      fc.property(document, table => {
        const { problems, configuration } = parseConfiguration({ text: '', file, env: {}, places, parse: () => table });
        const { 'log-level': level, 'max-concurrent-images': images } = configuration.values;
        const isSane = ['debug', 'info', 'warn', 'error'].includes(level) && images > 0;
        return isSane && problems.every(({ where, message }) => where !== '' && message !== '');
      }),
      { numRuns: 10_000 },
    );
  });

  it('is read or refused with a line: text of all kinds', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc
        .tuple(key, fc.constantFrom('"x"', '1', '[]', '["a"]', 'true', '"', '"/x"', '2026-11-25', "'''"))
        .map(([name, value]) => `${name} = ${value}`),
      key.map(name => `[${name}]`),
      fc.constantFrom('[hooks.a]', 'command = ["/x"]', 'timeout = "1s"', '[[hooks]]', '"log-level" = "warn"'),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.dictionary(fc.constantFrom('CLOUDCTLD_LISTEN', 'CLOUDCTLD_STORE', 'CLOUDCTLD_X'), fc.string()),
        (lines, env) => {
          const { problems } = parseConfiguration({ text: lines.join('\n'), file, env, places, parse });
          return problems.every(({ where, message }) => where !== '' && message !== '');
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
