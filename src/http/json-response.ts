import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback } from './host-guard.ts';
import type { HttpError } from './http-error.ts';

/** For answers that no browser has a reason to show, frame, guess the type of, or keep. */
const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

/** Sets the security headers of an API; headers given when the response is written win. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
}

/**
 * Tells browsers to come back over TLS alone (RFC 6797). It would bind every port of the host, so a loopback name
 * is told nothing.
 */
export function setTransportSecurity({ headers }: IncomingMessage, response: ServerResponse): void {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  if (!isLoopback(host)) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
}

/** Answers with JSON and the security headers. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  setSecurityHeaders(response);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

/** Answers with text of the given type and the security headers. */
export function sendText(response: ServerResponse, text: string, contentType: string): void {
  setSecurityHeaders(response);
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

/** Answers with the error as `{"error": message}`, the form of every edge that has none of its own. */
export function sendError(response: ServerResponse, error: HttpError): void {
  sendJson(response, error.status, { error: error.message }, error.headers);
}

/** 404 for a path that nothing serves. */
export function sendNotFound(response: ServerResponse): void {
  sendJson(response, 404, { error: 'Not found.' });
}
