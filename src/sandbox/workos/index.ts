import type { IncomingMessage, ServerResponse } from 'node:http';
import { createFaults, type FaultRule, faultKinds } from '../faults.ts';
import type { Wire } from '../wire.ts';
import { approve, type Choice, deny } from './device.ts';
import { serveWorkos, type WorkosRequestRecord } from './http.ts';
import { createKeys } from './keys.ts';
import { completeSettings, type WorkosOptions, type WorkosSettings } from './options.ts';
import type { Realm } from './realm.ts';
import { seedState } from './seed.ts';
import { endSession } from './sessions.ts';
import type { WorkosState } from './state.ts';
import { admits } from './verify.ts';

const remembered = 100_000;

/** A fault of this side: nothing is done late here, and there are no actions to fail. */
export type WorkosFaultRule = FaultRule & { kind: (typeof workosFaultKinds)[number] };

/** The kinds of fault of this side. */
export const workosFaultKinds = faultKinds.filter(kind => kind !== 'late' && kind !== 'fail');

/** The stand-in for WorkOS, as a test drives it. What it is asked and cannot do, it throws. */
export interface Workos {
  /** The origin, http://127.0.0.1:PORT, for use in place of https://api.workos.com. */
  readonly url: string;
  readonly clientId: string;
  readonly apiKey: string;
  /** May be changed while the sandbox runs. */
  readonly settings: WorkosSettings;
  /** What exists; another object after `reset`. */
  readonly state: WorkosState;
  /** The last 100,000 requests, without anything secret. */
  readonly requests: readonly WorkosRequestRecord[];
  /** Lets the sign-in of a code go on: as the first user, and into the organization that the user would get, unless said. */
  approve(userCode: string, choice?: Choice): void;
  deny(userCode: string): void;
  /** Ends a session. */
  revoke(sessionId: string): void;
  /** From now on another key signs; the old ones stay published with `keep`. */
  rotateKeys(options: { keep: boolean }): void;
  /** A compact JWS of any claims, by the key that signs access tokens now. */
  sign(claims: object, header?: object): string;
  fault(rule: WorkosFaultRule): void;
}

/** The same with what its server needs. */
export interface WorkosSide extends Workos {
  serve(message: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  /** Whether a token of this side's opens Hetzner's side. */
  admits(token: string): boolean;
  clearFaults(): void;
  /** Back to the beginning: people, settings, keys, no faults, no requests. */
  reset(): void;
}

/** Makes the WorkOS side; `origin` is asked for only once the server listens. */
export function createWorkos(
  options: WorkosOptions,
  { now, origin, ...wire }: Wire & { now(): number; origin(): string },
): WorkosSide {
  const realm: Realm = {
    settings: completeSettings(options),
    state: seedState(now()),
    keys: createKeys('sso_oidc_key_pair', now),
    machineKeys: createKeys('machine_key', now),
    origin,
    now,
  };
  const faults = createFaults();
  let requests: WorkosRequestRecord[] = [];
  const edge = {
    ...wire,
    realm,
    faults,
    received(record: WorkosRequestRecord) {
      requests.push(record);
      if (requests.length > remembered * 1.1) requests = requests.slice(-remembered);
    },
  };
  return {
    get url() {
      return origin();
    },
    get clientId() {
      return realm.settings.clientId;
    },
    get apiKey() {
      return realm.settings.apiKey;
    },
    settings: realm.settings,
    get state() {
      return realm.state;
    },
    get requests() {
      return requests.slice(-remembered);
    },
    approve: (userCode, choice = {}) => void approve(realm, userCode, choice),
    deny: userCode => void deny(realm, userCode),
    revoke: sessionId => void endSession(realm, sessionId),
    rotateKeys: ({ keep }) => realm.keys.rotate({ keep }),
    sign: (claims, header) => realm.keys.sign(claims, header),
    fault: rule => faults.add(rule),
    serve: (message, response, url) => serveWorkos(edge, message, response, url),
    admits: token => admits(realm, token),
    clearFaults: () => faults.clear(),
    reset() {
      for (const name of Object.keys(realm.settings)) delete realm.settings[name as keyof WorkosSettings];
      Object.assign(realm.settings, completeSettings(options));
      realm.state = seedState(now());
      realm.keys.restore();
      faults.clear();
      requests = [];
    },
  };
}
