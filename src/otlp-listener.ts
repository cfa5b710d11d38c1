import type { IncomingMessage } from 'node:http';
import type { Authenticator } from './access/authenticator.ts';
import type { Limits } from './access/principal.ts';
import type { Backend } from './backend.ts';
import type { ClientAddress } from './http/client-address.ts';
import type { HostGuard } from './http/host-guard.ts';
import type { RequestHandler } from './http/http-server.ts';
import type { Decoder } from './ingest/decoder.ts';
import { InFlight } from './ingest/in-flight.ts';
import { createOtlpHandler, defaultOtlpHttpLimits } from './ingest/otlp-http.ts';
import { createRemoteWriteHandler, remoteWritePath } from './ingest/remote-write/remote-write-http.ts';
import type { Logger } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';

export interface OtlpListenerOptions {
  /** Senders need no key. */
  readonly isOpen: boolean;
  readonly guard: HostGuard;
  readonly decoder: Decoder;
  readonly backend: Backend;
  readonly authenticator: Authenticator;
  readonly clientAddress: ClientAddress;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Everything on the listener for OTLP/HTTP: that, and Prometheus remote write. */
export function createOtlpListenerHandler({
  isOpen,
  guard,
  decoder,
  backend,
  authenticator,
  clientAddress,
  metrics,
  log,
}: OtlpListenerOptions): RequestHandler {
  const receiving = {
    decoder,
    sink: backend.store,
    keepsMetrics: backend.metricsHost === undefined,
    log,
    now: Date.now,
    authenticate: authenticateSender(authenticator, clientAddress, isOpen),
    inFlight: new InFlight(defaultOtlpHttpLimits.inFlight),
  };
  const otlp = createOtlpHandler({
    ...receiving,
    observe: ({ signal, accepted, rejected }) => metrics.ingested(signal, accepted, rejected),
  });
  const remoteWrite = createRemoteWriteHandler({
    ...receiving,
    bodyBytes: defaultOtlpHttpLimits.bodyBytes,
    storeMilliseconds: defaultOtlpHttpLimits.storeMilliseconds,
    observe: ({ accepted, rejected }) => metrics.ingested('metrics', accepted, rejected),
  });
  return (request, response) => {
    guard(request.headers);
    const [path] = (request.url ?? '/').split('?', 1);
    return path === remoteWritePath ? remoteWrite(request, response) : otlp(request, response);
  };
}

/** Where it is open a sender needs no key; one that is sent must be valid all the same, and its limits hold. */
function authenticateSender(authenticator: Authenticator, clientAddress: ClientAddress, isOpen: boolean) {
  return async (request: IncomingMessage): Promise<Limits> => {
    const { authorization } = request.headers;
    if (isOpen && authorization === undefined) return {};
    const address = clientAddress(request);
    const { limits } = await authenticator.authenticate(authorization, 'ingest', new Date(), address);
    return limits;
  };
}
