import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Position } from '../store/search.ts';
import type { Signal } from '../telemetry/fields.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { Window } from '../telemetry/window.ts';
import type { SearchOrder } from './requests.ts';

/** Where a search goes on. */
export interface CursorContent {
  /** The clock of the first page, ns since the epoch: relative times of the request count from it. */
  readonly now: bigint;
  /** Records on the pages before. */
  readonly before: number;
  readonly position: Position;
}

/** What a cursor goes on with, and nothing else. */
export interface CursorSubject {
  readonly signal: Signal;
  readonly order: SearchOrder;
  /** The normalised filter. */
  readonly filter: string;
  /** Names of the columns. */
  readonly fields: readonly string[];
  readonly window: Window;
}

export interface ReadCursor extends CursorContent {
  /** @throws InputError that says what differs, where the cursor was made for another search */
  check(subject: CursorSubject): void;
}

const version = 1;
const lifetime = 24n * 3600n * 1_000_000_000n;
const digestLength = 4;
const signatureLength = 16;
const signals: readonly Signal[] = ['logs', 'traces'];
const orders: readonly SearchOrder[] = ['newest', 'oldest', 'slowest'];

/** Longer than any cursor. */
export const longestCursor = 200;

const anew = 'leave the cursor out to start from the first page';

/**
 * Makes and reads cursors: a position among records, the clock of the first page, and short digests of the
 * search, signed with HMAC-SHA256 together with the id of the key. Nothing is kept, so any server with the
 * same secret can go on. A cursor gives no rights: the limits of the key hold whatever it says.
 */
export class Cursors {
  readonly #secret: Uint8Array;

  /** @param secret at least 32 random bytes; servers that share it take each other's cursors */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  write({ now, before, position }: CursorContent, subject: CursorSubject, keyId: string): string {
    const slowest = subject.order === 'slowest';
    const content = Buffer.concat([
      Buffer.from([version, signals.indexOf(subject.signal) * orders.length + orders.indexOf(subject.order)]),
      ...digestsOf(subject).map(({ digest }) => digest),
      uint64(now),
      uint64(position.time),
      uint64(position.hash),
      ...(slowest ? [uint64(position.duration)] : []),
      Buffer.from(`${before}:${position.copy}`),
    ]);
    return Buffer.concat([content, this.#sign(content, keyId)]).toString('base64url');
  }

  /**
   * @param now the clock, ns since the epoch
   * @throws InputError for a cursor that was changed, belongs to another key or server, or is older than a day
   */
  read(text: string, keyId: string, now: bigint): ReadCursor {
    const bytes = text.length <= longestCursor ? Buffer.from(text, 'base64url') : Buffer.alloc(0);
    const content = bytes.subarray(0, Math.max(0, bytes.length - signatureLength));
    const signature = bytes.subarray(content.length);
    const expected = this.#sign(content, keyId);
    // Text that is not what `write` makes of its bytes was changed too: decoding skips what is no base64url.
    const isOurs = bytes.toString('base64url') === text && signature.length === signatureLength;
    if (!isOurs || !timingSafeEqual(signature, expected) || content[0] !== version) {
      throw new InputError(
        `cursor: this is no cursor of this server for this key, or it was changed; send the cursor of the last answer as it was, or ${anew}`,
      );
    }
    const made = readContent(content);
    if (now - made.now > lifetime) {
      throw new InputError(`cursor: it has expired, as cursors hold for 24 hours; ${anew}`);
    }
    return made;
  }

  /** Of the content and the key's id, whose length can't be taken for a part of the content. */
  #sign(content: Uint8Array, keyId: string): Buffer {
    return createHmac('sha256', this.#secret)
      .update(`kubesense cursor ${Buffer.byteLength(keyId)} ${keyId} `)
      .update(content)
      .digest()
      .subarray(0, signatureLength);
  }
}

/** Reads what `write` has written; the signature says that it is so. */
function readContent(content: Buffer): ReadCursor {
  const kind = content[1] ?? 0;
  const digestsEnd = 2 + 3 * digestLength;
  const field = (index: number): bigint => content.readBigUInt64BE(digestsEnd + index * 8);
  const slowest = orders[kind % orders.length] === 'slowest';
  const counts = content.subarray(digestsEnd + (slowest ? 4 : 3) * 8).toString();
  const [before = 0, copy = 1] = counts.split(':').map(Number);
  return {
    now: field(0),
    before,
    position: {
      time: field(1),
      hash: field(2),
      duration: slowest ? BigInt.asIntN(64, field(3)) : 0n,
      copy,
    },
    check(subject) {
      const signal = signals[Math.floor(kind / orders.length)];
      if (subject.signal !== signal) {
        throw new InputError(`cursor: it was made by search-${signal}, and goes on there alone`);
      }
      const differing = [
        ...(subject.order === orders[kind % orders.length] ? [] : ['order']),
        ...digestsOf(subject)
          .filter(
            ({ digest }, i) =>
              !digest.equals(content.subarray(2 + i * digestLength).subarray(0, digestLength)),
          )
          .map(({ parameter }) => parameter),
      ];
      if (differing.length === 0) return;
      throw new InputError(
        `cursor: it was made for other ${differing.join(' and ')}; repeat the call that gave it, with the cursor added (limit, format and max_tokens may change), or ${anew}`,
      );
    },
  };
}

interface Digest {
  /** As clients call what it is of. */
  readonly parameter: string;
  readonly digest: Buffer;
}

/** They tell a mistake apart from the search that was made; they are not there to withstand an attack. */
function digestsOf({ filter, fields, window }: CursorSubject): Digest[] {
  const digest = (text: string) => createHash('sha256').update(text).digest().subarray(0, digestLength);
  return [
    { parameter: 'filters', digest: digest(filter) },
    { parameter: 'fields', digest: digest(JSON.stringify(fields)) },
    { parameter: 'times (from_time, to_time)', digest: digest(`${window.from} ${window.to}`) },
  ];
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
  return bytes;
}
