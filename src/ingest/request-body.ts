import type { IncomingMessage } from 'node:http';
import { HttpError } from '../http/http-error.ts';
import { ClientGoneError } from './export-failure.ts';

/**
 * Reads a body of at most `most` bytes into a buffer of its own. `reserve` is asked before bytes are kept.
 * Rejects with `HttpError` 413 or 429, or with `ClientGoneError`; what the client still sends is then
 * passed over, up to `most` bytes more, so that it gets to read the answer.
 */
export function readBody(
  request: IncomingMessage,
  most: number,
  reserve: (bytes: number) => boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (): HttpError =>
    new HttpError(413, `the body has more than ${most} bytes; send smaller batches`);
  return new Promise((resolve, reject) => {
    if (request.destroyed) {
      reject(new ClientGoneError());
      return;
    }
    if (Number(request.headers['content-length'] ?? 0) > most) {
      reject(tooLarge());
      return;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    const keep = (chunk: Uint8Array): void => {
      size += chunk.length;
      if (size > most) stop(tooLarge());
      else if (reserve(chunk.length)) chunks.push(chunk);
      else stop(tooBusy());
    };
    const stop = (error: Error): void => {
      request.off('data', keep);
      chunks.length = 0;
      reject(error);
    };
    request.on('data', keep);
    request.once('end', () => resolve(joined(chunks)));
    request.once('close', () => reject(new ClientGoneError()));
  });
}

/** Passes over what the client still sends, and cuts the connection after `most` bytes. */
export function discardBody(request: IncomingMessage, most: number): void {
  let size = 0;
  request.on('error', () => {});
  request.on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > most) request.destroy();
  });
}

export const tooBusy = (): HttpError =>
  new HttpError(429, 'too much is being taken in at once; try again later', { 'Retry-After': '1' });

/** `Buffer.concat` may use a shared pool, which can't be moved to another thread. */
function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
