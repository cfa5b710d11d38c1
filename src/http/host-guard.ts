import type { IncomingHttpHeaders } from 'node:http';
import { InputError } from '../telemetry/input-error.ts';
import { HttpError } from './http-error.ts';

/** Under these names a program on the same machine reaches a listener. */
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

export interface HostGuardOptions {
  /** The host that the listener is bound to. A wildcard (`0.0.0.0`, `::`) allows nothing by itself. */
  readonly listenHost: string;
  /** The address under which people reach the server, through an ingress for example. */
  readonly publicUrl?: URL | undefined;
  /** Further host names; a port in them is ignored. */
  readonly allowedHosts?: readonly string[] | undefined;
}

/**
 * Checks `Host` and `Origin` against DNS rebinding, as the MCP transport asks of servers: a web page
 * that points its own name at this machine still sends that name. Ports are not compared. Programs
 * send no `Origin`; browsers do, and `null` is refused.
 *
 * @throws HttpError 403
 */
export type HostGuard = (headers: IncomingHttpHeaders) => void;

/** @throws InputError an entry of `allowedHosts` is no host name */
export function createHostGuard(options: HostGuardOptions): HostGuard {
  const listenHost = isWildcard(options.listenHost) ? [] : [options.listenHost];
  const allowed = new Set(loopbackHosts);
  for (const name of [...listenHost, ...(options.allowedHosts ?? [])]) {
    const host = hostName(bracketed(name));
    // A pattern would be compared as it is written, and so allow nothing.
    if (host === undefined || host.includes('*')) {
      throw new InputError(
        `"${name}" is not a host name. It takes names such as otel.example.com or 10.0.0.7.`,
      );
    }
    allowed.add(host);
  }
  if (options.publicUrl !== undefined) allowed.add(options.publicUrl.hostname);

  return (headers) => {
    const host = hostName(headers.host ?? '');
    if (host === undefined || !allowed.has(host)) throw refusal('Host');
    if (headers.origin !== undefined && !allowed.has(originHost(headers.origin) ?? '')) {
      throw refusal('Origin');
    }
  };
}

function refusal(header: string): HttpError {
  return new HttpError(
    403,
    `The ${header} of this request is not allowed. The server allows the names in KUBESENSE_PUBLIC_URL and KUBESENSE_ALLOWED_HOSTS, and loopback.`,
  );
}

/** Whether a listener on this host is reachable from everywhere. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || hostName(bracketed(host)) === '[::]';
}

/** Whether a listener on this host is reachable from the same machine only. */
export function isLoopback(host: string): boolean {
  const name = hostName(bracketed(host)) ?? '';
  return name === 'localhost' || name === '[::1]' || /^127(\.\d+){3}$/.test(name);
}

/** The name in `host` or `host:port`, in the form in which names compare; IPv6 in brackets. */
function hostName(host: string): string | undefined {
  // A URL would read these as the end of the host, or as a user before it.
  if (/[/?#@\\\s]/.test(host)) return undefined;
  return parseUrl(`http://${host}`)?.hostname;
}

function originHost(origin: string): string | undefined {
  const url = parseUrl(origin);
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.hostname : undefined;
}

function bracketed(host: string): string {
  return /^[^[\]]*:[^[\]]*:/.test(host) ? `[${host}]` : host;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
