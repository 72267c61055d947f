/** What ssh is to be started with. */
export interface SshTarget {
  readonly address: string;
  readonly user: string;
  readonly port: number;
  readonly identity?: string;
  /** File and alias under which the host's key is kept; ssh's own files where absent. */
  readonly knownHosts?: { readonly file: string; readonly alias: string };
  /** What was typed after the server: options of ssh, and the command. */
  readonly rest: readonly string[];
}

/** The arguments of ssh. Of an option given twice ssh takes the first, so ours are left out where one was typed. */
export function sshArguments({ address, user, port, identity, knownHosts, rest }: SshTarget): string[] {
  const typed = typedOptions(rest);
  const option = (key: string, value: string) => (typed.has(key.toLowerCase()) ? [] : ['-o', `${key}=${value}`]);
  return [
    ...(typed.has('-l') || typed.has('user') ? [] : ['-l', user]),
    ...(typed.has('-p') || typed.has('port') ? [] : ['-p', String(port)]),
    ...(identity === undefined ? [] : ['-i', identity]),
    ...(knownHosts
      ? [
          ...option('UserKnownHostsFile', quoteFile(knownHosts.file)),
          ...option('StrictHostKeyChecking', 'accept-new'),
          ...option('HostKeyAlias', knownHosts.alias),
        ]
      : []),
    address,
    ...rest,
  ];
}

// The letters of ssh's options that take a value.
const valued = 'BbcDEeFIiJLlmOoPpQRSWw';

/** Letters (`-l`) and `-o` keys in lower case of the options before the command. */
function typedOptions(words: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (word === '--' || !word.startsWith('-')) break;
    const at = [...word].findIndex((letter, place) => place > 0 && valued.includes(letter));
    if (at < 0) continue;
    const inline = word.slice(at + 1);
    if (inline === '') index += 1;
    const value = inline || (words[index] ?? '');
    found.add(word[at] === 'o' ? value.split(/[\s=]/)[0]!.toLowerCase() : `-${word[at]}`);
  }
  return found;
}

/** The file as ssh's configuration takes it: blanks part names there, and % begins a token. */
function quoteFile(file: string): string {
  return `"${file.replaceAll('%', '%%')}"`;
}

/** The words as one line for a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
