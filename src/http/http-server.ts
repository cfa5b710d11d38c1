import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Logger } from '../observe/log.ts';
import { HttpError } from './http-error.ts';
import { sendError, sendJson } from './json-response.ts';
import { leastTlsVersion, type TlsFiles } from './tls-files.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** How long clients may take, ms. */
export interface HttpTimeouts {
  readonly headersTimeout: number;
  /** For the whole request; a response may take as long as it wants, as event streams do. */
  readonly requestTimeout: number;
  /** How often the two are looked at. */
  readonly connectionsCheckingInterval: number;
  readonly keepAliveTimeout: number;
  /** For what a client still sends once its request was answered; then the connection is cut. */
  readonly discardTimeout: number;
}

/**
 * Limits against slow and silent senders. Idle connections outlive those of common load balancers (60 s)
 * and of OTLP exporters (90 s), which otherwise reuse a connection in the instant in which it is closed.
 */
const standardTimeouts: HttpTimeouts = {
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 120_000,
  discardTimeout: 2_000,
};
const maxHeaderSize = 16 * 1024;
const maxHeaders = 100;
const maxConnections = 4096;
/** ms; Node's own is two minutes. */
const handshakeTimeout = 10_000;

export type HttpServer = Server | TlsServer;

export interface HttpServerOptions {
  readonly timeouts?: HttpTimeouts;
  /** With it, the server speaks HTTPS alone. */
  readonly tls?: TlsFiles | undefined;
}

/**
 * An HTTP server that is not listening yet. An `HttpError` that the handler throws is the answer; any
 * other error is logged, and answered with 500 and an id that the log line carries too.
 */
export function createHttpServer(
  handler: RequestHandler,
  log: Logger,
  { timeouts = standardTimeouts, tls }: HttpServerOptions = {},
): HttpServer {
  const { discardTimeout, ...nodeTimeouts } = timeouts;
  const server = create({ ...nodeTimeouts, maxHeaderSize }, tls, (request, response) => {
    response.once('finish', () => {
      if (!request.complete) cutLater(request, discardTimeout);
    });
    void serve(handler, request, response, log);
  });
  server.maxHeadersCount = maxHeaders;
  server.maxConnections = maxConnections;
  // Before it listens, whoever makes it listen gets the error. Later it is one connection that failed.
  server.on('error', (error) => {
    if (server.listening) log.error({ err: error }, 'a connection was not accepted');
  });
  return server;
}

function create(options: ServerOptions, tls: TlsFiles | undefined, onRequest: RequestListener): HttpServer {
  if (tls === undefined) return createServer(options, onRequest);
  const settings = { minVersion: leastTlsVersion, handshakeTimeout } as const;
  const server = createTlsServer({ ...options, ...settings, ...tls.certificate }, onRequest);
  tls.onChange((certificate) => server.setSecureContext({ ...settings, ...certificate }));
  return server;
}

/** Node drops what comes after an answer for as long as it comes; a client must not make use of that. */
function cutLater(request: IncomingMessage, ms: number): void {
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, ms);
  request.socket.once('close', () => clearTimeout(timer));
}

async function serve(
  handler: RequestHandler,
  request: IncomingMessage,
  response: ServerResponse,
  log: Logger,
): Promise<void> {
  try {
    await handler(request, response);
  } catch (error) {
    if (error instanceof HttpError && !response.headersSent) {
      sendError(response, error);
      return;
    }
    const errorId = randomUUID();
    log.error({ err: error, errorId }, 'a request failed');
    if (response.headersSent) response.destroy();
    else sendJson(response, 500, { error: `The server failed. Error id: ${errorId}` });
  }
}
