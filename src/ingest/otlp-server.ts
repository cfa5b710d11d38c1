import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * An HTTP server for OTLP, not listening yet. Senders that are slow or silent are cut off; the connections of
 * others stay open for longer than an exporter waits between two batches, so that it closes them and not we.
 */
export function createOtlpServer(handler: RequestListener): Server {
  return createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: 120_000,
      maxHeaderSize: 16 << 10,
    },
    handler,
  );
}
