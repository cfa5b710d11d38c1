import type { Endpoint } from './endpoint.ts';

/** `GET /connect`: the addresses that clients and senders are set up with. */
export const showConnections: Endpoint = async ({ server }) => {
  const { url, otlpHttpUrl, otlpGrpcUrl, takesRemoteWrite, ingestNeedsKey } = server.connections();
  return {
    status: 200,
    body: {
      mcp_url: `${url}/mcp`,
      // Clients of Prometheus add `/api/v1` themselves.
      prometheus_url: url,
      otlp_http_url: otlpHttpUrl ?? null,
      otlp_grpc_url: otlpGrpcUrl ?? null,
      remote_write_url: otlpHttpUrl !== undefined && takesRemoteWrite ? `${otlpHttpUrl}/api/v1/write` : null,
      ingest_needs_key: ingestNeedsKey,
      tls: url.startsWith('https:'),
    },
  };
};
