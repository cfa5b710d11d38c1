import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes a web-standard response, an event stream too, and resolves when it is through or the client
 * has gone. A client that goes cancels the response's body at once.
 */
export async function sendWebResponse(response: Response, to: ServerResponse): Promise<void> {
  to.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    to.end();
    return;
  }
  to.flushHeaders();
  try {
    await pipeline(Readable.fromWeb(response.body), to);
  } catch (error) {
    if (!to.destroyed) throw error;
  }
}
