import { readFile, stat } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Logger } from '../observe/log.ts';
import { expirySchema, limitsSchema, nameSchema } from './foreign-key.ts';
import { hashKey, matchesHash } from './key.ts';
import { KeyFileError } from './key-file.ts';
import type { KeyVerifier, Verification } from './key-verifier.ts';
import { type Principal, roles } from './principal.ts';

const setting = 'KUBESENSE_API_KEYS_FILE';
const maxBytes = 4 * 1024 * 1024;
/** How often the file is looked at while nobody sends a key, so that a fault is known of when it happens. */
const lookMs = 5_000;
/**
 * How long the last good keys hold while the file can't be used: long enough for a writer who replaces it in
 * more than one step, and with `lookMs` less than the 30 s within which a key that is taken out has to end.
 */
const toleranceMs = 20_000;

const entrySchema = z
  .strictObject({
    name: nameSchema,
    roles: z.array(z.enum(roles)).min(1).default(['query']),
    limits: limitsSchema.default({}),
    expires: expirySchema.exactOptional(),
    /** Characters of a bearer token (RFC 6750, 2.1). */
    key: z
      .string()
      .min(20)
      .max(4096)
      .regex(/^[A-Za-z0-9\-._~+/]+=*$/)
      .exactOptional(),
    /** Of the key, hexadecimal. */
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i)
      .exactOptional(),
  })
  .refine(({ key, sha256 }) => (key === undefined) !== (sha256 === undefined), {
    message: 'takes "key" or "sha256", one of the two',
  });

interface MountedKey {
  readonly hash: string;
  readonly principal: Principal;
}

interface Loaded {
  readonly identity: string;
  readonly byHash: ReadonlyMap<string, MountedKey>;
}

/** Why the file can't be used, and since when, epoch ms. */
interface Fault {
  readonly error: KeyFileError;
  readonly since: number;
}

export interface MountedKeysOptions {
  /** YAML or JSON: a list of keys. */
  readonly path: string;
  readonly log: Logger;
}

/**
 * Keys in a file that others write, a mounted Kubernetes secret for example. Each check looks whether it is
 * still the file that was read, so that a key that is taken out of it ends with the next request. While the file
 * is wrong or missing, the last good keys hold for 20 s; after that nobody knows which keys were to end, and
 * none can be checked until it is repaired.
 */
export class MountedKeys implements KeyVerifier {
  readonly #path: string;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #loaded: Loaded;
  #fault: Fault | undefined;

  /** @throws KeyFileError the file can't be used */
  static async open(options: MountedKeysOptions): Promise<MountedKeys> {
    return new MountedKeys(options, await load(options.path));
  }

  private constructor({ path, log }: MountedKeysOptions, loaded: Loaded) {
    this.#path = path;
    this.#log = log;
    this.#loaded = loaded;
    this.#timer = setInterval(() => void this.#look(new Date()), lookMs);
    this.#timer.unref();
  }

  async verify(key: string, now: Date): Promise<Verification> {
    await this.#look(now);
    if (this.#fault !== undefined && now.getTime() - this.#fault.since >= toleranceMs) {
      throw this.#fault.error;
    }
    const found = this.#loaded.byHash.get(hashKey(key));
    if (found === undefined || !matchesHash(key, found.hash)) return undefined;
    const { expiresAt } = found.principal;
    return expiresAt !== undefined && expiresAt <= now ? 'ended' : found.principal;
  }

  /** Whose keys are in the file, those that have expired too; of a file that is wrong now, those that were. */
  async list(now: Date): Promise<readonly Principal[]> {
    await this.#look(now);
    return Array.from(this.#loaded.byHash.values(), ({ principal }) => principal);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Reads the file where it is another one than before. */
  async #look(now: Date): Promise<void> {
    try {
      const loaded = await load(this.#path, this.#loaded);
      if (loaded !== this.#loaded) this.#log.info({ keys: loaded.byHash.size }, `${setting}: read anew`);
      this.#loaded = loaded;
      this.#fault = undefined;
    } catch (error) {
      if (!(error instanceof KeyFileError)) throw error;
      if (this.#fault?.error.message !== error.message) this.#log.error({ err: error }, 'bad file of keys');
      this.#fault = { error, since: this.#fault?.since ?? now.getTime() };
    }
  }
}

async function load(path: string, known?: Loaded): Promise<Loaded> {
  try {
    // It follows the links by which Kubernetes swaps a secret: another secret is another inode.
    const { ino, mtimeNs, size } = await stat(path, { bigint: true });
    const identity = `${ino}:${mtimeNs}:${size}`;
    if (identity === known?.identity) return known;
    if (size > maxBytes) throw unusable(path, `it has more than ${maxBytes} bytes`);
    return { identity, byHash: parse(path, await readFile(path, 'utf8')) };
  } catch (error) {
    if (error instanceof KeyFileError) throw error;
    throw unusable(path, 'it can not be read', error);
  }
}

function parse(path: string, text: string): ReadonlyMap<string, MountedKey> {
  const document = parseDocument(text);
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    // The message quotes the text, which holds keys.
    throw unusable(path, `it is no YAML, in line ${syntaxError.linePos?.[0].line ?? 1}`);
  }
  const parsed = z.array(entrySchema).safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!parsed.success) throw unusable(path, faultOf(parsed.error));
  const names = new Set<string>();
  const byHash = new Map<string, MountedKey>();
  for (const { name, roles, limits, expires, key, sha256 } of parsed.data) {
    const hash = key === undefined ? (sha256 ?? '').toLowerCase() : hashKey(key);
    // Names are logged and shown, keys never are.
    if (key !== undefined && name.includes(key)) throw unusable(path, 'the name of a key holds the key');
    if (names.has(name)) throw unusable(path, `two keys have the name "${name}"`);
    if (byHash.has(hash)) throw unusable(path, `"${name}" has the key of another name`);
    names.add(name);
    const principal = { keyId: `file:${name}`, name, roles, limits, ...(expires && { expiresAt: expires }) };
    byHash.set(hash, { hash, principal });
  }
  return byHash;
}

/** Where it is wrong, and never what stands there. */
function faultOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  const [index, ...rest] = issue?.path ?? [];
  if (issue === undefined || typeof index !== 'number') return 'it takes a list of keys';
  if (issue.code === 'custom') return `key ${index + 1} in it ${issue.message}`;
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const place = [...rest, ...unknown.slice(0, 1)].join('.');
  return `"${place}" of key ${index + 1} in it is not what is expected there`;
}

function unusable(path: string, reason: string, cause?: unknown): KeyFileError {
  return new KeyFileError(`${setting}: the file ${path} can't be used: ${reason}`, { cause });
}
