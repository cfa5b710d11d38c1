import { isIPv6 } from 'node:net';
import { InputError } from '../telemetry/input-error.ts';

/** Where to listen. Port 0 takes a free one. `host` has no brackets. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const form = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:/@?#\s]+)):(\d{1,5})$/;

/**
 * Reads `host:port`, `[::1]:port`, or `off` for no listener.
 *
 * @throws InputError
 */
export function parseListenAddress(text: string): ListenAddress | 'off' {
  if (text.trim().toLowerCase() === 'off') return 'off';
  const match = form.exec(text.trim());
  const [, bracketed, host = bracketed, digits] = match ?? [];
  const port = Number(digits);
  const isHost = host !== undefined && (bracketed === undefined || isIPv6(bracketed));
  if (!isHost || !(port <= 65535)) {
    throw new InputError(
      `"${text}" is not an address to listen on. It takes host:port (127.0.0.1:3939, [::1]:3939, port 0 for a free one) or off.`,
    );
  }
  return { host, port };
}

/** `host:port` as it stands in a URL. */
export function formatAddress({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
