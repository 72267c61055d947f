import { constants, createHmac, generateKeyPairSync, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto';
import type { Attack, Base } from './attacks.ts';
import { type Content, encodePart, makeKey, signToken, toJwk } from './issuer.ts';

const stranger = makeKey('stranger');
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const edwards = generateKeyPairSync('ed25519');
const strangerJwk = toJwk(stranger);

type Sign = (input: Buffer, base: Base) => Buffer;

/** A token with another header over the same claims, signed in whatever way. */
function withAlgorithm(alg: unknown, signInput: Sign): (base: Base) => string {
  return base => {
    const input = `${encodePart({ ...base.header, alg })}.${encodePart(base.claims)}`;
    return `${input}.${signInput(Buffer.from(input), base).toString('base64url')}`;
  };
}

/** Signed well, by the issuer's own key: only the header is wrong. */
function withHeader(changes: Record<string, unknown> | ((base: Base) => Content)): (base: Base) => string {
  return base => {
    const header = typeof changes === 'function' ? changes(base) : { ...base.header, ...changes };
    return signToken(header, base.claims, base.key);
  };
}

/** Signed by a stranger who brings the key along. */
function byStranger(changes: Record<string, unknown>): (base: Base) => string {
  return base => signToken({ ...base.header, ...changes }, base.claims, stranger);
}

const nothing: Sign = () => Buffer.alloc(0);
const honest: Sign = (input, { key }) => sign('sha256', input, key.privateKey);
const rsa = (hash: string, padding: Partial<SignKeyObjectInput> = {}): Sign => {
  return (input, { key }) => sign(hash, input, { key: key.privateKey, ...padding });
};
const by = (hash: string | null, key: KeyObject): Sign => {
  return input => sign(hash, input, { key, dsaEncoding: 'ieee-p1363' });
};
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/** What somebody might take for the secret of an HMAC who knows the public key only. */
const publicSecrets: Record<string, (base: Base) => string | Buffer> = {
  'the public key as PEM': ({ key }) => key.publicKey.export({ type: 'spki', format: 'pem' }),
  'the public key as PKCS#1 PEM': ({ key }) => key.publicKey.export({ type: 'pkcs1', format: 'pem' }),
  'the public key as PEM without its last line break': ({ key }) =>
    key.publicKey.export({ type: 'spki', format: 'pem' }).toString().trim(),
  'the public key as DER': ({ key }) => key.publicKey.export({ type: 'spki', format: 'der' }),
  'the n of the JWK': ({ key }) => String(toJwk(key).n),
  'the bytes of n': ({ key }) => Buffer.from(String(toJwk(key).n), 'base64url'),
  'the JWK as JSON': ({ key }) => JSON.stringify(toJwk(key)),
  'an empty secret': () => '',
};

const hmacs = ['256', '384', '512'].flatMap(size =>
  Object.entries(publicSecrets).map(([name, secret]): Attack => {
    const signInput: Sign = (input, base) => createHmac(`sha${size}`, secret(base)).update(input).digest();
    return [`HS${size} with ${name}`, withAlgorithm(`HS${size}`, signInput)];
  }),
);

const unsigned = ['none', 'None', 'NONE', 'nOnE', '', ' none', 'none\0'].flatMap((alg): Attack[] => [
  [`alg ${JSON.stringify(alg)} without a signature`, withAlgorithm(alg, nothing)],
  [`alg ${JSON.stringify(alg)} with the good signature`, withAlgorithm(alg, honest)],
]);

const otherAlgorithms: Attack[] = [
  ['RS384 by the good key', withAlgorithm('RS384', rsa('sha384'))],
  ['RS512 by the good key', withAlgorithm('RS512', rsa('sha512'))],
  ['RS1 by the good key', withAlgorithm('RS1', rsa('sha1'))],
  ['PS256 by the good key', withAlgorithm('PS256', rsa('sha256', pss))],
  ['PS384 by the good key', withAlgorithm('PS384', rsa('sha384', pss))],
  ['PS512 by the good key', withAlgorithm('PS512', rsa('sha512', pss))],
  ['ES256 by a stranger', withAlgorithm('ES256', by('sha256', curve.privateKey))],
  ['EdDSA by a stranger', withAlgorithm('EdDSA', by(null, edwards.privateKey))],
  ['Ed25519 by a stranger', withAlgorithm('Ed25519', by(null, edwards.privateKey))],
  ['RS256 in name, PS256 in fact', withAlgorithm('RS256', rsa('sha256', pss))],
  ['RS256 in name, RS512 in fact', withAlgorithm('RS256', rsa('sha512'))],
  ['RS256 in name, SHA-1 in fact', withAlgorithm('RS256', rsa('sha1'))],
  ['RS256 in name, ES256 in fact', withAlgorithm('RS256', by('sha256', curve.privateKey))],
  ...['rs256', 'RS256 ', 'RS-256', 'RS256\n', 'RSA-OAEP', 'dir', 'A128GCM', 'sha256WithRSAEncryption'].map(
    (alg): Attack => [`the good signature called ${JSON.stringify(alg)}`, withAlgorithm(alg, honest)],
  ),
  ...[undefined, null, 256, true, ['RS256'], [], { alg: 'RS256' }].map(
    (alg): Attack => [`alg is ${JSON.stringify(alg)}`, withAlgorithm(alg, honest)],
  ),
  ['Alg in place of alg', withHeader(({ header: { alg, ...rest } }) => ({ Alg: alg, ...rest }))],
  ['alg by way of __proto__', withHeader(base => `{"__proto__":{"alg":"RS256"},"kid":"${base.key.kid}"}`)],
];

const badIds: unknown[] = [
  undefined,
  null,
  '',
  0,
  ['sso_oidc_key_first'],
  { kid: 'sso_oidc_key_first' },
  'unknown',
  'SSO_OIDC_KEY_FIRST',
  'sso_oidc_key_first ',
  'sso_oidc_key_first\0',
  '../../../../etc/passwd',
  '/dev/null',
  'file:///dev/null',
  'https://evil.example/jwks',
  "' OR 1=1 --",
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'k'.repeat(5000),
];
const keyIds = badIds.flatMap((kid): Attack[] => {
  const shown = (JSON.stringify(kid) ?? 'missing').slice(0, 40);
  return [
    [`kid ${shown}, signed by the good key`, withHeader({ kid })],
    [`kid ${shown}, signed by a stranger`, byStranger({ kid })],
  ];
});

const ownKeys = {
  jwk: strangerJwk,
  jku: 'https://evil.example/jwks.json',
  x5u: 'https://evil.example/chain.pem',
  x5c: [stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')],
  x5t: 'c3RyYW5nZXI',
  'x5t#S256': 'c3RyYW5nZXI',
  keys: [strangerJwk],
  iss: 'https://evil.example',
};
const embedded = Object.entries(ownKeys).flatMap(([name, value]): Attack[] => [
  [`a stranger's key in ${name} under a good kid`, byStranger({ [name]: value })],
  [`a stranger's key in ${name} under its own kid`, byStranger({ [name]: value, kid: stranger.kid })],
  [`a stranger's key in ${name} without kid`, byStranger({ [name]: value, kid: undefined })],
]);

const extensions: Attack[] = [
  ...[['exp'], ['b64'], [], ['unknown'], 'exp', null, {}, ['b64', 'b64']].map(
    (crit): Attack => [`crit is ${JSON.stringify(crit)}`, withHeader({ crit, exp: 1 })],
  ),
  ['b64 is false', withHeader({ b64: false })],
  ['b64 is true and critical', withHeader({ b64: true, crit: ['b64'] })],
  ['b64 is false and critical', withHeader({ b64: false, crit: ['b64'] })],
  [
    'b64 is false and critical, over the bare claims',
    base => {
      const header = encodePart({ ...base.header, b64: false, crit: ['b64'] });
      const payload = JSON.stringify(base.claims);
      const signature = sign('sha256', Buffer.from(`${header}.${payload}`), base.key.privateKey);
      return `${header}.${payload}.${signature.toString('base64url')}`;
    },
  ],
  ...['', 'JWE', 'jwt ', 'logout+jwt', 'secevent+jwt', 'dpop+jwt', 'xjwt', 'text/jwt', null, 1, ['JWT'], {}].map(
    (typ): Attack => [`typ is ${JSON.stringify(typ)}`, withHeader({ typ })],
  ),
  ['two algs, the good one last', withHeader(({ header }) => `{"alg":"none",${JSON.stringify(header).slice(1)}`)],
  ['two algs, the good one first', withHeader(({ header }) => `${JSON.stringify(header).slice(0, -1)},"alg":"none"}`)],
  ['two kids', withHeader(({ header }) => `{"kid":"stranger",${JSON.stringify(header).slice(1)}`)],
  ['two kids, one escaped', withHeader(({ header }) => `{"\\u006bid":"stranger",${JSON.stringify(header).slice(1)}`)],
];

/** Attacks by the header: algorithm, key id, keys that the token brings along, extensions. */
export const headerAttacks: readonly Attack[] = [
  ...unsigned,
  ...hmacs,
  ...otherAlgorithms,
  ...keyIds,
  ...embedded,
  ...extensions,
];
