import type { Attack, Base } from './attacks.ts';
import { type Content, encodePart, signToken } from './issuer.ts';

const names = ['header', 'payload', 'signature'];

/** The three parts of a token, one of them changed as text. */
function withPart(index: number, change: (part: string) => string): (base: Base) => string {
  return ({ token }) => {
    const parts = token.split('.');
    parts[index] = change(parts[index]!);
    return parts.join('.');
  };
}

/** The same change in each of the three parts. */
function everywhere(name: string, change: (part: string) => string): Attack[] {
  return names.map((part, index) => [`${name} the ${part}`, withPart(index, change)]);
}

/** Signed by the good key over whatever bytes are in the payload. */
function withPayload(payload: (json: string, base: Base) => Content): (base: Base) => string {
  return base => signToken(base.header, payload(JSON.stringify(base.claims), base), base.key);
}

/** Signed by the good key over whatever bytes are in the header. */
function withHeader(header: (json: string) => Content): (base: Base) => string {
  return base => signToken(header(JSON.stringify(base.header)), base.claims, base.key);
}

const insertions = ['=', '==', ' ', '\n', '\r\n', '\t', '\0', '+', '/', '%3D', '\u00e9', '\ufeff', '\u200b', '*', ','];
const places: Record<string, (insertion: string) => (part: string) => string> = {
  'at the end of': insertion => part => part + insertion,
  'at the start of': insertion => part => insertion + part,
  'in the middle of': insertion => part => part.slice(0, 4) + insertion + part.slice(4),
};
const inserted = insertions.flatMap(insertion =>
  Object.entries(places).flatMap(([place, insert]) =>
    everywhere(`${JSON.stringify(insertion)} ${place}`, insert(insertion)),
  ),
);

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes, with one of the bits set that decoding drops; undefined where there are none. */
function withTrailingBits(part: string): string | undefined {
  if (part.length % 4 === 0) return undefined;
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1)!) | 1];
}

/** A payload of a length that leaves bits over, signed well in that very spelling. */
const trailing: Attack[] = [
  ['trailing bits in the signature', withPart(2, part => withTrailingBits(part)!)],
  ...[1, 2].map(
    (length): Attack => [
      `trailing bits in a payload of 3n + ${length} bytes`,
      base => {
        let json = JSON.stringify(base.claims);
        while (json.length % 3 !== length) json += ' ';
        const good = signToken(base.header, json, base.key).split('.');
        good[1] = withTrailingBits(good[1]!)!;
        return good.join('.');
      },
    ],
  ),
];

const twice = (name: string, value: unknown) => ({
  [`two ${name}, the forged one first`]: (json: string) => `{"${name}":${JSON.stringify(value)},${json.slice(1)}`,
  [`two ${name}, the forged one last`]: (json: string) => `${json.slice(0, -1)},"${name}":${JSON.stringify(value)}}`,
});
const payloads: Record<string, (json: string) => Content> = {
  ...twice('sub', 'user_somebody_else'),
  ...twice('exp', 9_999_999_999),
  ...twice('org_id', 'org_01J8ZKCCCC'),
  'two subs, one escaped': json => `{"\\u0073ub":"user_somebody_else",${json.slice(1)}`,
  'two subs with space before the colon': json => `{"sub" \n: "user_somebody_else",${json.slice(1)}`,
  'a member given twice deep inside': json => `{"deep":[{"a":1,"a":2}],${json.slice(1)}`,
  'a byte order mark': json => `\ufeff${json}`,
  'invalid UTF-8': json => Buffer.from(json.replace('user_', 'user\xff'), 'latin1'),
  'overlong UTF-8': json => Buffer.concat([Buffer.from(json.slice(0, -1)), Buffer.from([0x2c, 0xc0, 0xa2])]),
  'half a surrogate in UTF-8': json => Buffer.concat([Buffer.from(json), Buffer.from([0xed, 0xa0, 0x80])]),
  'UTF-16': json => Buffer.from(json, 'utf16le'),
  'text after the claims': json => `${json}x`,
  'two objects': json => json + json,
  'a zero after the claims': json => `${json}\0`,
  'claims cut short': json => json.slice(0, -1),
  'a comment': json => `/**/${json}`,
  'a comma too many': json => `${json.slice(0, -1)},}`,
  'single quotes': json => json.replaceAll('"', "'"),
  'claims in an array': json => `[${json}]`,
  'claims in a string': json => JSON.stringify(json),
  'a number': () => '1',
  null: () => 'null',
  true: () => 'true',
  'an empty object': () => '{}',
  'an empty array': () => '[]',
  'white space': () => ' ',
  'arrays 2500 deep': () => '['.repeat(2500) + ']'.repeat(2500),
  'arrays 5000 deep and never closed': () => '['.repeat(5000),
  'objects 800 deep': () => '{"a":'.repeat(800) + '1' + '}'.repeat(800),
  'claims by way of __proto__': json => `{"__proto__":${json}}`,
  'claims with 9000 spaces': json => json + ' '.repeat(9000),
  'a megabyte of claims': json => json.replace('{', `{"more":"${'m'.repeat(2 ** 20)}",`),
  'a megabyte of brackets': json => json.replace('{', `{"more":${'['.repeat(2 ** 19)}${']'.repeat(2 ** 19)},`),
};
const headers: Record<string, (json: string) => Content> = {
  'a byte order mark': json => `\ufeff${json}`,
  'invalid UTF-8': json => Buffer.concat([Buffer.from(json.slice(0, -1)), Buffer.from(',"a":"\xff"}', 'latin1')]),
  'text after it': json => `${json}x`,
  'an array': json => `[${json}]`,
  'a string': json => JSON.stringify(json),
  null: () => 'null',
  'an empty object': () => '{}',
  'a number': () => '1',
  'arrays 2500 deep': () => '['.repeat(2500) + ']'.repeat(2500),
  'a megabyte': json => json.replace('{', `{"more":"${'m'.repeat(2 ** 20)}",`),
};

const parts = (base: Base) => base.token.split('.') as [string, string, string];
const splits: Attack[] = [
  ['nothing', () => ''],
  ['one dot', () => '.'],
  ['two dots', () => '..'],
  ['four dots', () => '....'],
  ['ten thousand dots', () => '.'.repeat(10_000)],
  ['a megabyte of letters', () => 'A'.repeat(2 ** 20)],
  ['a megabyte before the token', ({ token }) => 'A'.repeat(2 ** 20) + token],
  ['a megabyte after the token', ({ token }) => token + 'A'.repeat(2 ** 20)],
  ['a dot before', ({ token }) => `.${token}`],
  ['a dot after', ({ token }) => `${token}.`],
  ['a dot inside', ({ token }) => token.replace('.', '..')],
  ['two parts', base => parts(base).slice(0, 2).join('.')],
  ['one part', base => parts(base)[0]],
  ['four parts', ({ token }) => `${token}.AAAA`],
  ['five parts, as of an encrypted token', base => `${parts(base)[0]}.AAAA.AAAA.AAAA.AAAA`],
  ['an encrypted token in form', () => `${encodePart({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.${'AAAA.'.repeat(3)}AAAA`],
  ['no header', base => `.${parts(base)[1]}.${parts(base)[2]}`],
  ['no payload, as of a detached one', base => `${parts(base)[0]}..${parts(base)[2]}`],
  ['the parts in another order', base => parts(base).reverse().join('.')],
  ['commas for dots', ({ token }) => token.replaceAll('.', ',')],
  ['full-width dots', ({ token }) => token.replaceAll('.', '\uff0e')],
  ['the scheme of the header before it', ({ token }) => `Bearer ${token}`],
  ['quotes around it', ({ token }) => `"${token}"`],
  ['a line break after it', ({ token }) => `${token}\n`],
  ['a byte order mark before it', ({ token }) => `\ufeff${token}`],
  ['percent signs', ({ token }) => token.replaceAll('.', '%2E')],
  ['a second token after a comma', ({ token }) => `${token},${token}`],
  ['upper case', ({ token }) => token.toUpperCase()],
  ['base64 of the whole', ({ token }) => Buffer.from(token).toString('base64url')],
  [
    'the flattened JSON form',
    base => JSON.stringify({ protected: parts(base)[0], payload: parts(base)[1], signature: parts(base)[2] }),
  ],
  [
    'the general JSON form',
    base => {
      const [header, payload, signature] = parts(base);
      return JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
    },
  ],
  [
    'standard base64 in the signature',
    base => {
      const [header, payload, signature] = parts(base);
      return `${header}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`;
    },
  ],
];

const table = (part: string, entries: object, attack: (value: never) => Attack[1]): Attack[] =>
  Object.entries(entries).map(([name, value]) => [`${part}: ${name}`, attack(value as never)]);

/** Attacks by the form: encoding, number of parts, JSON, size. */
export const formAttacks: readonly Attack[] = [
  ...inserted,
  ...trailing,
  ...table('payload', payloads, withPayload),
  ...table('header', headers, withHeader),
  ...splits,
];
