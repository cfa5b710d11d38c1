import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Crockford's base32 in lower case: it has no letter that looks like another character (i, l, o, u). */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
/** 60 bits: enough to be unique, short enough to read aloud. It is not secret. */
const idLength = 12;
/** 200 bits. */
const secretLength = 40;

const idForm = new RegExp(`^[${alphabet}]{${idLength}}$`);
const keyForm = new RegExp(`^ks_([${alphabet}]{${idLength}})_[${alphabet}]{${secretLength}}$`);

export interface NewKey {
  readonly id: string;
  /** `ks_<id>_<secret>`. */
  readonly key: string;
}

/** Makes a key. Both parts come from the operating system's CSPRNG. */
export function generateKey(): NewKey {
  const id = randomText(idLength);
  return { id, key: `ks_${id}_${randomText(secretLength)}` };
}

function randomText(length: number): string {
  // The alphabet has 32 characters, a divisor of 256: each is equally likely.
  return Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
}

/** The id in a key, or nothing where the text is no key. */
export function keyId(key: string): string | undefined {
  return keyForm.exec(key)?.[1];
}

export function isKeyId(text: string): boolean {
  return idForm.test(text);
}

/**
 * SHA-256 of a key, in hexadecimal digits: what is stored.
 *
 * A password needs a slow hash because its few bits can be guessed. A key has 200 random bits, which
 * no speed of guessing exhausts, and it is checked at every request, where a slow hash would cost its
 * time each time.
 */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Whether a key has this hash, in a time that does not depend on where they differ. */
export function matchesHash(key: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashKey(key), 'hex'), Buffer.from(hash, 'hex'));
}
