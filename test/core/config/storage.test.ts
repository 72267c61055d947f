import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIfThere, storageFailure, writeAtomically } from '../../../src/core/config/storage.ts';
import { failureOf, temporaryFolder } from './home.ts';

const mode = (file: string) => fs.statSync(file).mode & 0o777;

describe('a file that is written at once', () => {
  it('is for its owner only, in folders for their owner only, and leaves no draft behind', () => {
    const file = path.join(temporaryFolder(), 'a', 'b', 'config.toml');
    writeAtomically(file, 'x = 1\n');
    expect(fs.readFileSync(file, 'utf8')).toBe('x = 1\n');
    expect(mode(file)).toBe(0o600);
    expect(mode(path.dirname(file))).toBe(0o700);
    expect(mode(path.dirname(path.dirname(file)))).toBe(0o700);
    expect(fs.readdirSync(path.dirname(file))).toEqual(['config.toml']);
  });

  it('closes what was open to others', () => {
    const file = path.join(temporaryFolder(), 'config.toml');
    fs.writeFileSync(file, 'old', { mode: 0o644 });
    writeAtomically(file, 'new');
    expect(mode(file)).toBe(0o600);
  });

  it('stays a symbolic link where it was one', () => {
    const folder = temporaryFolder();
    const [real, link] = [path.join(folder, 'dotfiles.toml'), path.join(folder, 'config.toml')];
    fs.writeFileSync(real, 'old');
    fs.symlinkSync(real, link);
    writeAtomically(link, 'new');
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(real, 'utf8')).toBe('new');
  });

  it('is not touched when it cannot be replaced, and the failure says why', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'config.toml');
    fs.mkdirSync(file);
    const failure = await failureOf(() => writeAtomically(file, 'new'));
    expect(failure).toMatchObject({ code: 'usage', message: `${file} cannot be written: it is a folder` });
    expect(fs.readdirSync(folder)).toEqual(['config.toml']);
  });

  it('below a file that is no folder fails clearly', async () => {
    const file = path.join(temporaryFolder(), 'file');
    fs.writeFileSync(file, '');
    const failure = await failureOf(() => writeAtomically(path.join(file, 'config.toml'), ''));
    expect(failure.message).toContain('a part of the path is not a folder');
  });
});

describe('a file that is read', () => {
  it('may be missing, its folders too', () => {
    const folder = temporaryFolder();
    expect(readIfThere(path.join(folder, 'a', 'b'))).toBeUndefined();
    fs.writeFileSync(path.join(folder, 'a'), 'text');
    expect(readIfThere(path.join(folder, 'a'))).toBe('text');
    expect(readIfThere(path.join(folder, 'a', 'b'))).toBeUndefined();
  });

  it('fails clearly where it is a folder', async () => {
    const folder = temporaryFolder();
    expect((await failureOf(() => readIfThere(folder))).message).toBe(`${folder} cannot be read: it is a folder`);
  });
});

describe('a fault of the file system', () => {
  it.each([
    ['EROFS', 'the file system is read-only'],
    ['EACCES', 'permission denied'],
    ['ENOSPC', 'no space is left'],
    ['EOTHER', 'some text'],
  ])('%s is told as %s', (code, told) => {
    const error = Object.assign(new Error('some text'), { code });
    expect(storageFailure('f cannot be written', error)).toMatchObject({
      code: 'usage',
      message: `f cannot be written: ${told}`,
      cause: error,
    });
  });
});
