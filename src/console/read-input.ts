import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { mediaType } from '../http/media-type.ts';
import { readBody } from '../http/request-body.ts';
import { ConsoleError } from './console-error.ts';

/** @throws ConsoleError 415, 400; HttpError 413 */
export async function readJson<T>(
  request: IncomingMessage,
  schema: z.ZodType<T>,
  maxBytes: number,
): Promise<T> {
  if (mediaType(request.headers['content-type']) !== 'application/json') {
    throw new ConsoleError('unsupported_media_type', 'The Content-Type has to be application/json.');
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new ConsoleError('unsupported_media_type', 'The body has no Content-Encoding here.');
  }
  const bytes = await readBody(request, maxBytes);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ConsoleError('invalid_input', 'The body is not valid JSON.');
  }
  return check(json, schema);
}

/** Reads the parameters after the `?`. @throws ConsoleError 400 */
export function readParameters<T>(query: string, schema: z.ZodType<T>): T {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (values.has(name)) throw new ConsoleError('invalid_input', 'A parameter is given more than once.');
    values.set(name, value);
  }
  return check(Object.fromEntries(values), schema);
}

function check<T>(value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  // What was sent is not repeated: it may be a key in the wrong place.
  const reason =
    issue === undefined || issue.code === 'unrecognized_keys' ? 'there is a field too many' : issue.message;
  throw new ConsoleError('invalid_input', field === '' ? `Not valid: ${reason}.` : `${field}: ${reason}.`, {
    ...(field !== '' && { field }),
  });
}
