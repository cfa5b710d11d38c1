import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { exceptions, type QueryException } from './exception.ts';

/** The most bytes of a query's text, and of the data of one insert; both after decompression. */
export const longestQuery = 16 * 1024 * 1024;
export const longestInsert = 512 * 1024 * 1024;

/**
 * Reads a body as the text of a query. On an error the connection stays open for the answer.
 *
 * @throws QueryException where it is too long, no valid UTF-8, or its encoding isn't known
 */
export async function readQuery(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body(message, longestQuery, exceptions.queryTooLarge)) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw exceptions.badArguments('The text of the query is no valid UTF-8');
  }
}

export interface SpoolFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  remove(): Promise<void>;
}

/**
 * The files in which data waits for its INSERT: the engine reads them with `file()`. They need not survive a
 * crash, as an insert is acknowledged only when its table is synced; so they are not synced themselves.
 */
export class Spool {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens the spool, and empties it. */
  static async open(folder: string): Promise<Spool> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const left of await readdir(folder)) await rm(join(folder, left), { force: true, recursive: true });
    return new Spool(folder);
  }

  /**
   * Writes `start` and a body behind it into a file. On an error the connection stays open for the answer.
   *
   * @throws QueryException
   */
  async receive(message: IncomingMessage, start: string): Promise<SpoolFile> {
    const path = join(this.#folder, randomUUID());
    const remove = () => rm(path, { force: true });
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    if (start !== '') file.write(start);
    try {
      await pipeline(body(message, longestInsert, exceptions.tooManyBytes), file);
      return { path, size: file.bytesWritten, remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }
}

async function* body(
  message: IncomingMessage,
  most: number,
  exceeded: (message: string) => QueryException,
): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of decoded(message)) {
    total += chunk.length;
    if (total > most) throw exceeded(`The body has more than ${most} bytes`);
    yield chunk;
  }
}

function decoded(message: IncomingMessage): AsyncIterable<Buffer> {
  // Ending the iteration early must not close the connection: the answer is still to be sent.
  const sent: AsyncIterable<Buffer> = message.iterator({ destroyOnReturn: false });
  const encoding = message.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return sent;
  if (encoding !== 'gzip') {
    throw exceptions.unsupportedMediaType('The body may be sent as it is or with Content-Encoding gzip');
  }
  return gunzipped(sent);
}

async function* gunzipped(sent: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Its failure is seen by who reads from the end.
  pipeline(sent, gunzip).catch(() => undefined);
  try {
    yield* gunzip;
  } catch (error) {
    const isDamaged = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    throw isDamaged ? exceptions.badArguments('The body is no valid gzip') : error;
  }
}
