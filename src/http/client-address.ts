import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * The IP address that a request came from, in one spelling for each address: IPv4 as `192.0.2.7`, IPv6 in
 * its shortest form, without brackets, port or zone. Empty where the connection has gone.
 */
export type ClientAddress = (request: ReceivedRequest) => string;

/** What of an `IncomingMessage` says where it is from. */
interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/**
 * @param behindProxy whether every request comes through a proxy that adds the address it was called from to
 *   the end of `X-Forwarded-For`. Only that last one is believed: what stands before it, the client may have
 *   written itself. Where it is missing or no address, the proxy's own stands for the client.
 */
export function createClientAddress(behindProxy: boolean): ClientAddress {
  return ({ headers, socket }) => {
    const peer = plainAddress(socket.remoteAddress ?? '') ?? '';
    return (behindProxy ? lastHop(headers['x-forwarded-for']) : undefined) ?? peer;
  };
}

/** Node joins repeated lines of this header, in their order. */
function lastHop(forwardedFor: string | string[] | undefined): string | undefined {
  return plainAddress(
    String(forwardedFor ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? '',
  );
}

/** Some proxies write the port too: `192.0.2.7:5000`, `[2001:db8::1]:5000`. */
function plainAddress(text: string): string | undefined {
  const [, bracketed, v4] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(text) ?? [];
  const address = (bracketed ?? v4 ?? text).replace(/%.*$/, '');
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return unmapped(new URL(`http://[${address}]`).hostname.slice(1, -1));
    default:
      return undefined;
  }
}

/** A listener for both families shows IPv4 addresses as IPv6 ones (RFC 4291, 2.5.5.2). */
function unmapped(address: string): string {
  const [, high = '', low = ''] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === '') return address;
  return [high, low]
    .map((digits) => Number.parseInt(digits, 16))
    .flatMap((pair) => [pair >> 8, pair & 0xff])
    .join('.');
}
