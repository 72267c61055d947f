import type { Attack } from './attacks.ts';
import { clientId, issuer, seconds, signToken } from './issuer.ts';

/** JSON text for a claim that JSON.stringify would not write. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
const raw = (text: string) => new Raw(text);

/** Signed by the good key: only the claim is wrong; undefined leaves it out. */
function withClaim(name: string, value: unknown): Attack {
  const written = value instanceof Raw ? value.text : JSON.stringify(value);
  return [
    `${name} is ${written ?? 'missing'}`.slice(0, 100),
    base => {
      const { [name]: _, ...rest } = base.claims;
      const json = JSON.stringify(rest);
      const payload = written === undefined ? json : `${json.slice(0, -1)},${JSON.stringify(name)}:${written}}`;
      return signToken(base.header, payload, base.key);
    },
  ];
}

const noText = ['', 0, 1, true, null, [], ['user_01J8ZKAAAA'], {}, { id: 'user_01J8ZKAAAA' }];
const noTime = ['', 'NaN', 'Infinity', String(seconds), '2026-11-23', null, true, [], [seconds], {}, -1e300];
const noTimeRaw = ['1e999', '-1e999', '1e300', '1e17', '9e15'].map(raw);
const noList = [
  '',
  'admin',
  1,
  true,
  null,
  {},
  { 0: 'admin', length: 1 },
  [1],
  [null],
  ['admin', 1],
  [['admin']],
  [''],
];

const values: Record<string, readonly unknown[]> = {
  exp: [undefined, ...noTime, ...noTimeRaw, 0, -1, seconds - 5, seconds - 60, seconds - 86_400, seconds - 600],
  iat: [undefined, ...noTime, ...noTimeRaw, seconds + 6, seconds + 600, -1, (seconds + 1) * 1000],
  nbf: [...noTime.filter(time => typeof time !== 'number'), raw('1e999'), seconds + 6, seconds + 600, seconds * 1000],
  iss: [
    undefined,
    ...noText,
    'https://evil.example',
    [issuer],
    [issuer, 'https://evil.example'],
    'https://api.workos.com.evil',
    'https://api.workos.com.evil.example',
    'https://api.workos.com@evil.example',
    'https://api.workos.com/',
    'https://api.workos.com/user_management',
    `${issuer}/`,
    `${issuer}_other`,
    issuer.slice(0, -1),
    issuer.toUpperCase(),
    ` ${issuer}`,
    `${issuer}\0`,
    'http://api.workos.com',
    '__proto__',
  ],
  aud: [
    ...noText.filter(text => !Array.isArray(text)),
    [],
    ['elsewhere'],
    'elsewhere',
    [clientId, 1],
    [clientId, null],
    [[clientId]],
    [''],
    `${clientId} elsewhere`,
    clientId.toLowerCase(),
    `${clientId}x`,
  ],
  client_id: [...noText, 'client_other', [clientId], `${clientId}x`, clientId.toLowerCase()],
  sub: [undefined, ...noText],
  sid: [undefined, ...noText],
  org_id: [
    undefined,
    ...noText,
    'org_foreign',
    ['org_01J8ZKCCCC'],
    'org_01J8ZKCCCC ',
    'ORG_01J8ZKCCCC',
    'org_01J8ZKCCCC,org_01J8ZKDDDD',
    '0',
    'length',
  ],
  role: noText,
  roles: noList,
  permissions: noList,
  act: ['', 'admin@example.com', 1, true, null, [], {}, [{ sub: 'admin' }], { sub: '' }, { sub: 1 }, { sub: null }],
  jti: noText,
};

const skewed: Attack[] = [600, -600].map(shift => [
  `all times ${shift} s off`,
  base => {
    const { iat, exp } = base.claims as { iat: number; exp: number };
    return signToken(base.header, { ...base.claims, iat: iat + shift, exp: exp + shift }, base.key);
  },
]);

/** Tokens that the issuer signed, which are for others, for another time, or not what WorkOS gives. */
export const claimAttacks: readonly Attack[] = [
  ...Object.entries(values).flatMap(([name, list]) => list.map(value => withClaim(name, value))),
  ...skewed,
];
