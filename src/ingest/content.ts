import type { IncomingMessage } from 'node:http';
import { HttpError } from '../http/http-error.ts';
import { mediaType } from '../http/media-type.ts';

export type Encoding = 'protobuf' | 'json';

export const mediaTypes: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** The encoding that the request's Content-Type names; undefined where it is none that is taken. */
export function encodingOf({ headers }: IncomingMessage): Encoding | undefined {
  const contentType = headers['content-type'];
  const type = mediaType(contentType);
  if (type === mediaTypes.protobuf) return 'protobuf';
  if (type !== mediaTypes.json) return undefined;
  const [, ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"]*)"?\s*$/.exec(parameter)?.[1]);
  return charset.every((name) => name === undefined || name === 'utf-8' || name === 'utf8')
    ? 'json'
    : undefined;
}

/** The same; throws `HttpError` 415 where it is none. */
export function requiredEncoding(request: IncomingMessage): Encoding {
  const encoding = encodingOf(request);
  if (encoding !== undefined) return encoding;
  throw new HttpError(
    415,
    `the Content-Type has to be ${mediaTypes.protobuf} or ${mediaTypes.json}, in UTF-8`,
  );
}

/** Whether the body is gzip. Throws `HttpError` 415 for any other coding. */
export function isGzip({ headers }: IncomingMessage): boolean {
  const coding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'gzip' || coding === 'x-gzip') return true;
  if (coding === 'identity' || coding === '') return false;
  throw new HttpError(415, 'the Content-Encoding is not taken: gzip and identity are', {
    'Accept-Encoding': 'gzip, identity',
  });
}
