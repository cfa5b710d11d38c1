import { HttpError } from './http-error.ts';

/** Names under which clients of other servers put a key into the URL; the first is RFC 6750's (2.3). */
const names: ReadonlySet<string> = new Set([
  'access_token',
  'api-key',
  'api_key',
  'apikey',
  'authorization',
  'bearer',
  'key',
  'token',
  'x-api-key',
]);

/** One of our keys, wherever it stands. */
const ownKey = /ks_[0-9a-z]{12}_[0-9a-z]{8}/i;

/**
 * Refuses a request that has a key in its URL: proxies and browsers keep URLs in logs and histories.
 *
 * @param url the request target, path and query
 * @throws HttpError 400, which shows nothing of the URL
 */
export function refuseKeyInUrl(url: string | undefined): void {
  const [path = '', ...rest] = (url ?? '').split('?');
  const parameters = [...new URLSearchParams(rest.join('?'))];
  const found =
    ownKey.test(path) ||
    parameters.some(([name, value]) => names.has(name.toLowerCase()) || ownKey.test(name + value));
  if (!found) return;
  throw new HttpError(
    400,
    'A key does not belong in the URL, where logs keep it. Send it as the header "Authorization: Bearer <key>", and revoke the one that was sent.',
  );
}
