import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../observe/log.ts';
import { InputError } from '../telemetry/input-error.ts';
import { nearest } from '../telemetry/nearest.ts';
import { LockError, withLock } from './file-lock.ts';
import { generateKey, hashKey, isKeyId, keyId, matchesHash } from './key.ts';
import { KeyFileError, type KeyFileVersion, readKeyFile, type StoredKey, writeKeyFile } from './key-file.ts';
import { checkNewKey, type NewKeyInput } from './key-input.ts';
import type { KeyVerifier, Verification } from './key-verifier.ts';
import { LastUse } from './last-use.ts';
import type { Limits, Role } from './principal.ts';

/** What there is to know about a key, but for the key. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly limits: Limits;
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
  /** To the minute. */
  readonly lastUsedAt?: Date;
}

export interface KeyStoreOptions {
  /** The data folder. It is made, for its owner alone, when the first key is. */
  readonly folder: string;
  readonly log: Logger;
  /** How long a change waits for another process to finish its own, ms. Default 10 s. */
  readonly lockWaitMs?: number;
}

/** Compared with where there is no key of that id, so that both answers take the same time. */
const hashOfNothing = hashKey('');

/**
 * The keys in `<folder>/keys.json`. Several processes can read and change them at once: each change is
 * made under a lock and replaces the file as a whole, and each check looks whether the file is still
 * the one that was read.
 */
export class KeyStore implements KeyVerifier {
  readonly #folder: string;
  readonly #path: string;
  readonly #lockWaitMs: number;
  readonly #lastUse: LastUse;
  #version: KeyFileVersion | undefined;
  #byId: ReadonlyMap<string, StoredKey> = new Map();

  constructor({ folder, log, lockWaitMs = 10_000 }: KeyStoreOptions) {
    this.#folder = folder;
    this.#path = join(folder, 'keys.json');
    this.#lockWaitMs = lockWaitMs;
    this.#lastUse = new LastUse(join(folder, 'keys-last-use.json'), log);
  }

  /**
   * Makes a key. The answer is the only place where it can ever be read.
   *
   * @throws InputError a name that is not printable, an unknown role, an empty limit, a past expiry
   * @throws KeyFileError
   */
  async create(input: NewKeyInput, now: Date): Promise<{ readonly key: string; readonly record: KeyRecord }> {
    const checked = checkNewKey(input, now);
    return this.#change((keys) => {
      const { id, key } = generateKey();
      const stored: StoredKey = { id, ...checked, createdAt: now, hash: hashKey(key) };
      return { keys: [...keys, stored], result: { key, record: toRecord(stored) } };
    });
  }

  /** All keys, revoked and expired ones too, oldest first. @throws KeyFileError */
  async list(): Promise<readonly KeyRecord[]> {
    const { keys } = await readKeyFile(this.#path);
    const uses = await this.#lastUse.read();
    return keys.map((key) => toRecord(key, uses.get(key.id)));
  }

  /**
   * Ends a key at once, for every process. Names need not be unique: one that several valid keys have is
   * no answer to which of them is meant.
   *
   * @throws InputError there is no such key, or several, or it is revoked already
   * @throws KeyFileError
   */
  async revoke(idOrName: string, now: Date): Promise<KeyRecord> {
    return this.#change((keys) => {
      const named = keys.filter((key) => key.id === idOrName || key.name === idOrName);
      const valid = named.filter((key) => key.revokedAt === undefined);
      const found = valid.find((key) => key.id === idOrName) ?? valid[0];
      if (found === undefined) throw noSuchKey(idOrName, named.length > 0, keys);
      if (found.id !== idOrName && valid.length > 1) throw severalKeys(idOrName, valid);
      const revoked: StoredKey = { ...found, revokedAt: now };
      return { keys: keys.map((key) => (key === found ? revoked : key)), result: toRecord(revoked) };
    });
  }

  async verify(key: string, now: Date): Promise<Verification> {
    const keys = await this.#current();
    const id = keyId(key);
    const stored = id === undefined ? undefined : keys.get(id);
    const matches = matchesHash(key, stored?.hash ?? hashOfNothing);
    if (stored === undefined || !matches) return undefined;
    if (!isActive(stored, now)) return 'ended';
    const { name, roles, limits, expiresAt } = stored;
    return { keyId: stored.id, name, roles, limits, ...(expiresAt && { expiresAt }) };
  }

  /** Of a key of this store; ids of other keys have another form. */
  recordUse(id: string, now: Date): void {
    if (isKeyId(id)) this.#lastUse.record(id, now);
  }

  /** Writes down the last uses. */
  async close(): Promise<void> {
    await this.#lastUse.flush();
  }

  /** The keys as they are on disk now. */
  async #current(): Promise<ReadonlyMap<string, StoredKey>> {
    const version = await readKeyFile(this.#path, this.#version);
    if (version !== this.#version) {
      this.#version = version;
      this.#byId = new Map(version.keys.map((key) => [key.id, key]));
    }
    return this.#byId;
  }

  async #change<T>(
    change: (keys: readonly StoredKey[]) => { readonly keys: readonly StoredKey[]; readonly result: T },
  ): Promise<T> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      return await withLock(`${this.#path}.lock`, this.#lockWaitMs, async () => {
        const { keys, result } = change((await readKeyFile(this.#path)).keys);
        await writeKeyFile(this.#path, keys);
        return result;
      });
    } catch (error) {
      if (error instanceof LockError || (error instanceof Error && 'syscall' in error)) {
        throw new KeyFileError(`The keys in ${this.#path} can not be changed: ${error.message}`, {
          cause: error,
        });
      }
      throw error;
    }
  }
}

/** A key ends in the instant of its expiry. */
function isActive(key: StoredKey, now: Date): boolean {
  return key.revokedAt === undefined && (key.expiresAt === undefined || now < key.expiresAt);
}

function toRecord({ hash: _, ...record }: StoredKey, lastUsedAt?: Date): KeyRecord {
  return { ...record, ...(lastUsedAt && { lastUsedAt }) };
}

function severalKeys(name: string, keys: readonly StoredKey[]): InputError {
  const ids = keys.map(({ id, createdAt }) => `${id} (made ${createdAt.toISOString()})`);
  return new InputError(
    `${keys.length} keys have the name "${name}". Name one by its id: ${ids.join(', ')}.`,
  );
}

function noSuchKey(idOrName: string, revoked: boolean, keys: readonly StoredKey[]): InputError {
  if (revoked) return new InputError(`The key "${idOrName}" is revoked already.`);
  const valid = keys.filter((key) => key.revokedAt === undefined);
  const near = nearest(
    idOrName,
    valid.flatMap(({ id, name }) => [name, id]),
  );
  const shown = near.length > 0 ? near : valid.map(({ name }) => name).slice(-10);
  const hint =
    shown.length > 0 ? `Did you mean ${shown.map((name) => `"${name}"`).join(', ')}?` : 'There are no keys.';
  return new InputError(`There is no key with the id or name "${idOrName}". ${hint}`);
}
