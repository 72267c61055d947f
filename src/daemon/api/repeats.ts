import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Failure } from '../../core/failure.ts';
import { aloneSince } from '../../core/store/alone.ts';
import type { Store } from '../../core/store/store.ts';
import type { Clock } from '../../core/world.ts';

/** An answer that can be given again. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Knows requests that are sent again by their `Idempotency-Key`. */
export interface Repeats {
  /** The answer to the first request of that key, or what `deed` answers, once. Throws `refused` when the key came with another request, and `conflict` while another daemon is at it. */
  once(key: string, request: string, deed: () => Promise<Answer>): Promise<Answer>;
  /** Forgets what is older than a day. */
  prune(): Promise<void>;
}

interface Kept {
  readonly at: number;
  readonly sealed: string;
}

interface Sealed {
  readonly request: string;
  /** Absent while it is under way. */
  readonly answer?: Answer;
}

const day = 86_400_000;
/** A daemon that was killed at it leaves a request open; where another one may be at it, it may be made anew after so many milliseconds. */
const given = 60_000;
const prefix = 'repeat:';
/** Such answers say that the same may pass later: they are not kept. */
const passing = [403, 409, 423, 429, 500, 502, 503, 504];

/** Keeps answers in the store for a day, each readable only with the key itself, since an answer may have a secret in it. */
export function createRepeats({ store, clock }: { readonly store: Store; readonly clock: Clock }): Repeats {
  const underWay = new Map<string, { readonly request: string; readonly answer: Promise<Answer> }>();
  const since = aloneSince(store, clock);
  const { db } = store;

  async function begin(name: string, key: string, request: string): Promise<Answer | undefined> {
    const value = JSON.stringify({ at: clock.now(), sealed: seal(key, { request }) } satisfies Kept);
    const claim = { query: db.insertInto('meta').values({ name, value }), changes: 1 };
    if (await store.commit([claim])) return undefined;
    const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
    if (!row) return begin(name, key, request);
    const kept = JSON.parse(row.value) as Kept;
    const { request: first, answer } = open(key, kept.sealed);
    const age = clock.now() - kept.at;
    const isOld = answer ? age >= day : age >= given || kept.at < since;
    if (!isOld && first !== request) throw another();
    if (!isOld && answer) return answer;
    const taken = db.updateTable('meta').set({ value }).where('name', '=', name).where('value', '=', row.value);
    if (isOld && (await store.commit([{ query: taken, changes: 1 }]))) return undefined;
    throw new Failure('conflict', 'the first request with this Idempotency-Key is still under way', {
      hint: 'Try again',
    });
  }

  async function end(name: string, key: string, request: string, answer?: Answer): Promise<void> {
    if (!answer || passing.includes(answer.status)) {
      await store.commit([{ query: db.deleteFrom('meta').where('name', '=', name) }]);
      return;
    }
    const value = JSON.stringify({ at: clock.now(), sealed: seal(key, { request, answer }) } satisfies Kept);
    await store.commit([{ query: db.updateTable('meta').set({ value }).where('name', '=', name) }]);
  }

  async function carryOut(name: string, key: string, request: string, deed: () => Promise<Answer>): Promise<Answer> {
    const before = await begin(name, key, request);
    if (before) return before;
    let answer: Answer | undefined;
    try {
      answer = await deed();
      return answer;
    } finally {
      // What is done is done: that its answer is not kept must not turn it into a failure.
      await end(name, key, request, answer).catch(() => {});
    }
  }

  return {
    async once(key, request, deed) {
      const name = `${prefix}${digest(key)}`;
      const other = underWay.get(name);
      if (other && other.request !== request) throw another();
      if (other) return other.answer;
      const answer = carryOut(name, key, request, deed);
      underWay.set(name, { request, answer });
      try {
        return await answer;
      } finally {
        underWay.delete(name);
      }
    },
    async prune() {
      const rows = await db
        .selectFrom('meta')
        .selectAll()
        .where('name', '>=', prefix)
        .where('name', '<', 'repeat;')
        .execute();
      const old = rows.filter(({ value }) => clock.now() - (JSON.parse(value) as Kept).at >= day);
      for (const { name, value } of old) {
        await store.commit([{ query: db.deleteFrom('meta').where('name', '=', name).where('value', '=', value) }]);
      }
    },
  };
}

/** One word for what is asked, to tell whether a request is the same. */
export function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function another(): Failure {
  return new Failure('refused', 'the Idempotency-Key was used for another request', { apiCode: 'invalid_input' });
}

function secretOf(key: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'cloudctl repeats', 32));
}

function seal(key: string, content: Sealed): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secretOf(key), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

function open(key: string, sealed: string): Sealed {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', secretOf(key), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
  return JSON.parse(text.toString('utf8')) as Sealed;
}
