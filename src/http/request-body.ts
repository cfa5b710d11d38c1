import type { IncomingMessage } from 'node:http';
import { bodyTooLarge, HttpError } from './http-error.ts';

/** How much of a body that is too large is read, as a multiple of the ceiling, so that its sender sees the answer. */
const discardFactor = 8;

/**
 * Reads the whole body.
 *
 * A sender that is still writing when the connection closes loses the answer, so what comes after the
 * ceiling is read and dropped, within bounds, before the error is thrown.
 *
 * @param maxBytes the ceiling, after which nothing more is kept
 * @throws HttpError 413 past the ceiling, 400 when the sender stops in the middle
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('the request has an encoding set');
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > maxBytes * discardFactor) break;
    }
  } catch (error) {
    if (request.readableAborted || request.destroyed) {
      throw new HttpError(400, 'The request body ended early.', { Connection: 'close' });
    }
    throw error;
  }
  if (size > maxBytes) throw bodyTooLarge(maxBytes);
  return Buffer.concat(chunks);
}
