import type { IncomingMessage } from 'node:http';
import { HttpError } from '../http/http-error.ts';
import { mediaType } from '../http/media-type.ts';
import { readBody } from '../http/request-body.ts';

/** Bytes of a form. A query of this size has more selectors than anybody evaluates. */
const mostBytes = 1 << 20;

const formType = 'application/x-www-form-urlencoded';

/**
 * The parameters of a request: those of a POST's form, then those of its address.
 *
 * @throws HttpError 415 for a body that is no form, 413 for one that is too large
 */
export async function readForm(request: IncomingMessage, search: URLSearchParams): Promise<URLSearchParams> {
  if (request.method !== 'POST') return search;
  if (mediaType(request.headers['content-type']) !== formType) {
    throw new HttpError(415, `The Content-Type of a POST has to be ${formType}.`);
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new HttpError(415, 'The form of a POST has no Content-Encoding.');
  }
  const body = await readBody(request, mostBytes);
  return new URLSearchParams([...new URLSearchParams(body.toString('utf8')), ...search]);
}
