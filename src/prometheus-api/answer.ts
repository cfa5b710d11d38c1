import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { sendJson, setSecurityHeaders } from '../http/json-response.ts';
import { withoutKeys } from '../observe/without-keys.ts';
import type { ApiError } from './api-error.ts';

/** What an endpoint answers. */
export interface Answer {
  /** JSON in pieces, so that a large answer is never one text. */
  readonly data: Iterable<string>;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
  /** Series or names in it, for the audit record. */
  readonly rows?: number;
}

/** Warnings, and infos, that an answer shows. */
const mostAnnotations = 10;

/** Characters that are handed to the connection at once. */
const chunkLength = 64 * 1024;

/** Says that a limit cut a list, in Prometheus' words. */
export const truncatedWarning = 'results truncated due to limit';

/** Sends an answer; resolves when it is through or the client has gone. */
export async function sendAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  setSecurityHeaders(response);
  response.setHeader('Content-Type', 'application/json');
  response.statusCode = 200;
  const chunks = inChunks(envelope(answer));
  const first = chunks.next().value ?? '';
  if (first.length < chunkLength) {
    response.setHeader('Content-Length', Buffer.byteLength(first));
    response.end(first);
    return;
  }
  response.write(first);
  try {
    await pipeline(Readable.from(withPauses(chunks)), response);
  } catch (error) {
    if (!response.destroyed) throw error;
  }
}

/** Sends an error in Prometheus' form. */
export function sendApiError(response: ServerResponse, { type, status, message, headers }: ApiError): void {
  // A query that can't be read is quoted, and may be a key in the wrong place.
  const body = { status: 'error', errorType: type, error: withoutKeys(message) };
  sendJson(response, status, body, { ...headers, 'Content-Type': 'application/json' });
}

function* envelope({ data, warnings = [], infos = [] }: Answer): Generator<string> {
  yield '{"status":"success","data":';
  yield* data;
  if (warnings.length > 0) yield `,"warnings":${writeAnnotations(warnings, 'warning')}`;
  if (infos.length > 0) yield `,"infos":${writeAnnotations(infos, 'info')}`;
  yield '}';
}

function writeAnnotations(texts: readonly string[], kind: string): string {
  const rest = texts.length - mostAnnotations;
  if (rest <= 0) return JSON.stringify(texts);
  return JSON.stringify([...texts.slice(0, mostAnnotations), `${rest} more ${kind} annotations omitted`]);
}

/** Lets other requests be answered after each chunk: a client may take megabytes at once. */
async function* withPauses(chunks: Iterable<string>): AsyncGenerator<string> {
  for (const chunk of chunks) {
    yield chunk;
    await setImmediate();
  }
}

function* inChunks(pieces: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
