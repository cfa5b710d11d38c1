import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomically } from './atomic-file.ts';
import { isKeyId } from './key.ts';
import { roles } from './principal.ts';

/** The file of keys can't be used. The message is for the operator: it names the file, and never a key. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

const time = z.iso.datetime().transform((text) => new Date(text));
const names = z.array(z.string().min(1)).min(1);

const storedKeySchema = z.strictObject({
  id: z.string().refine(isKeyId),
  name: z.string().min(1),
  roles: z.array(z.enum(roles)).min(1),
  limits: z.strictObject({ clusters: names.exactOptional(), namespaces: names.exactOptional() }),
  createdAt: time,
  expiresAt: time.exactOptional(),
  revokedAt: time.exactOptional(),
  /** SHA-256 of the key, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A key as it is stored: everything but the key. */
export type StoredKey = Readonly<z.infer<typeof storedKeySchema>>;

const keyFileSchema = z.strictObject({ version: z.literal(1), keys: z.array(storedKeySchema) });

/** One version of the file. Another one has another `identity`, as each is a new file. */
export interface KeyFileVersion {
  readonly identity: string;
  readonly keys: readonly StoredKey[];
}

/**
 * Reads the file where it is another one than `known`; a missing file holds no keys.
 *
 * @throws KeyFileError it can't be read or understood
 */
export async function readKeyFile(path: string, known?: KeyFileVersion): Promise<KeyFileVersion> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { identity: 'missing', keys: [] };
    }
    throw unreadable(path, 'it can not be opened', error);
  }
  try {
    // Of the open file, so that identity and text belong together.
    const { ino, mtimeNs, size } = await file.stat({ bigint: true });
    const identity = `${ino}:${mtimeNs}:${size}`;
    if (identity === known?.identity) return known;
    return { identity, keys: parse(path, await file.readFile('utf8')) };
  } finally {
    await file.close();
  }
}

function parse(path: string, text: string): readonly StoredKey[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // JSON.parse quotes the text in its message, and the text holds hashes.
    throw unreadable(path, 'it is not JSON');
  }
  const parsed = keyFileSchema.safeParse(json);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join('.') ?? '';
    throw unreadable(path, `"${place}" is not what this version expects`);
  }
  const ids = new Set(parsed.data.keys.map((key) => key.id));
  if (ids.size !== parsed.data.keys.length) throw unreadable(path, 'two keys have the same id');
  return parsed.data.keys;
}

function unreadable(path: string, reason: string, cause?: unknown): KeyFileError {
  return new KeyFileError(
    `The keys in ${path} can not be read: ${reason}. No key is valid until that is repaired.`,
    { cause },
  );
}

export async function writeKeyFile(path: string, keys: readonly StoredKey[]): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`);
}
