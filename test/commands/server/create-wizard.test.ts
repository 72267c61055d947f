import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCommand } from '../../../src/commands/parser.ts';
import { type CreateInput, create, createFields } from '../../../src/commands/server/create.ts';
import { type Ask, type Choice, openAsk } from '../../../src/commands/server/create-ask.ts';
import { commandLine } from '../../../src/commands/server/create-command-line.ts';
import { runWizard } from '../../../src/commands/server/create-wizard.ts';
import { openSession } from '../../../src/commands/session.ts';
import { setStock } from '../../../src/sandbox/index.ts';
import { fakeWorld } from '../../helpers/run.ts';
import { fakeScreen } from '../../helpers/screen.ts';
import { openStage, type Stage } from './create-support.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage({ seed: { ssh_keys: 2 } });
});

afterEach(() => stage.sandbox.stop());

/** Answers by what the question begins with, and keeps what was offered. */
function person(answers: Readonly<Record<string, string | string[]>>) {
  const offered: Record<string, readonly Choice[]> = {};
  const answer = (message: string) => Object.entries(answers).find(([start]) => message.startsWith(start))?.[1];
  const ask: Ask = {
    text: async (message, check) => {
      offered[message] = [];
      expect(check('not a name!')).toContain('is not a host name');
      expect(check('web-1')).toBe(true);
      return answer(message) as string;
    },
    one: async (message, choices) => {
      offered[message] = choices;
      return answer(message) as string;
    },
    many: async (message, choices) => {
      offered[message] = choices;
      return answer(message) as string[];
    },
    confirm: async () => true,
  };
  return { ask, offered };
}

describe('the wizard', () => {
  test('asks for what is missing with prices, creates the server, and prints the command line that does the same', async () => {
    setStock(stage.sandbox.state, 'cx33', 'nbg1', false);
    const { ask, offered } = person({
      Name: 'web-1',
      Location: 'nbg1',
      'Server type': 'cx23',
      Image: 'debian-13',
      SSH: ['key-0001'],
    });
    const { err, failure } = await stage.create('--label env=prod', { tty: true, ask });
    expect(failure).toBeUndefined();
    expect(err).toContain(
      'The same without questions: cloudctl server create --name web-1 --type cx23 --image debian-13 --location nbg1 --ssh-key key-0001 --label env=prod\n',
    );
    const types = offered['Server type']!;
    expect(types[0]!.name).toBe('cx23   2 cores, 4 GB, 40 GB disk, shared, x86, 3.49 EUR a month without VAT');
    expect(types.find(({ value }) => value === 'cx33')!.disabled).toBe('(out of stock)');
    expect(types.map(({ value }) => value)).not.toContain('cpx11');
    expect(offered.Image!.map(({ value }) => value)).toContain('debian-13');
    expect(offered.Image!.map(({ value }) => value)).not.toContain('debian-11');
    expect([...stage.sandbox.state.servers.values()][0]).toMatchObject({ name: 'web-1', labels: { env: 'prod' } });
  });

  test('does not ask for what flags and settings give', async () => {
    const { ask, offered } = person({ Image: 'debian-13', Location: '' });
    const env = { HCLOUD_DEFAULT_SSH_KEYS: 'key-0002' };
    const { err, failure } = await stage.create('--name web-1 --type cax11', { tty: true, ask, env });
    expect(failure).toBeUndefined();
    expect(Object.keys(offered).sort()).toEqual(['Image', 'Location']);
    expect(err).toContain('cloudctl server create --name web-1 --type cax11 --image debian-13\n');
  });

  test('offers a key whose name a list cannot hold by its id, and names the context that was typed', async () => {
    const key = [...stage.sandbox.state.ssh_keys.values()][0]!;
    key.name = 'me, myself';
    const world = fakeWorld(stage.sandbox, { clock: stage.clock, tty: true });
    const opened = await openSession(world, {});
    const { origins } = opened.settings;
    const settings = { ...opened.settings, contextName: 'prod', origins: { ...origins, context: 'flag' as const } };
    const { ask, offered } = person({ Location: 'fsn1', SSH: [] });
    const { input } = await parseCommand('server create', create, '--name a --type nonsense --image b'.split(' '));
    await runWizard({ ...opened, settings }, input as unknown as CreateInput, ask);
    expect(
      Object.values(offered)
        .at(-1)!
        .map(({ value }) => value),
    ).toEqual([String(key.id), 'key-0002']);
    expect(world.err.text()).toContain('--type nonsense --image b --location fsn1 --context prod\n');
    world.http.close();
  });

  test('does not run where nobody can answer', async () => {
    const { ask, offered } = person({});
    for (const variable of ['CI', 'CLOUDCTL_NO_INPUT']) {
      const { failure } = await stage.create('--name web-1', { tty: true, ask, env: { [variable]: '1' } });
      expect(failure).toMatchObject({ code: 'usage', message: 'missing --type and --image' });
    }
    const { failure } = await stage.create('--name web-1 --user-data -', { tty: true, ask, stdin: '#!' });
    expect(failure).toMatchObject({ code: 'usage' });
    expect(offered).toEqual({});
  });
});

describe('the command line', () => {
  test('gives the same values back, whatever they are', async () => {
    const text = fc.string({ minLength: 1, maxLength: 12 }).filter(one => !/[\n\0]/.test(one));
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
    const input = fc.record(
      {
        name: text,
        type: fc.array(word, { minLength: 1, maxLength: 3 }),
        image: text,
        'user-data': fc.array(text, { minLength: 1, maxLength: 2 }),
        label: fc.dictionary(word, word, { minKeys: 1, maxKeys: 2 }),
        automount: fc.boolean(),
        'start-after-create': fc.boolean(),
        'enable-backup': fc.boolean(),
        count: fc.integer({ min: 1, max: 99 }),
      },
      { requiredKeys: ['name'] },
    );
    await fc.assert(
      fc.asyncProperty(input, async given => {
        const line = commandLine('server create', createFields, given);
        const { input: read } = await parseCommand('server create', create, splitShell(line).slice(3));
        const defaults = Object.fromEntries(
          Object.entries(createFields).flatMap(([name, declared]) =>
            'default' in declared ? [[name, declared.default]] : [],
          ),
        );
        expect(read).toEqual({ ...defaults, ...given });
      }),
    );
  });
});

describe('questions', () => {
  const world = () => ({
    stdin: { isTTY: true, read: async () => Buffer.alloc(0), listen: () => () => {} },
    err: fakeScreen({ isTTY: true }),
    signal: new AbortController().signal,
  });

  test('are answered from the keyboard', async () => {
    const input = new PassThrough();
    const ask = openAsk(world(), input);
    const type = async (keys: string) => {
      await new Promise(resolve => setTimeout(resolve, 50));
      input.write(keys);
    };
    const choices = [
      { name: 'first\u001b[2J', value: 'a' },
      { name: 'second', value: 'b' },
    ];
    void type('web-1\r');
    expect(await ask.text('Name', () => true)).toBe('web-1');
    void type('\u001b[B\r');
    expect(await ask.one('Type', choices)).toBe('b');
    void type(' \r');
    expect(await ask.many('Keys', choices)).toEqual(['a']);
    void type('y\r');
    expect(await ask.confirm('Create?')).toBe(true);
  });

  test('end with interrupted when the input ends', async () => {
    const input = new PassThrough();
    const answer = openAsk(world(), input).text('Name', () => true);
    input.end();
    await expect(answer).rejects.toMatchObject({
      code: 'interrupted',
      message: 'stopped at a question, nothing was changed',
    });
  });
});

/** The words that a POSIX shell makes of a line of plain and single-quoted text. */
function splitShell(line: string): string[] {
  const words = line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g);
  return [...words].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted?: string, plain?: string) => quoted ?? plain!),
  );
}
