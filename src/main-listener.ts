import type { IncomingMessage } from 'node:http';
import type { Authenticator } from './access/authenticator.ts';
import type { Backend } from './backend.ts';
import type { MainConsole } from './build-console.ts';
import { consoleApiPath } from './console/console.ts';
import { createPagesHandler } from './console/pages.ts';
import type { ClientAddress } from './http/client-address.ts';
import type { HostGuard } from './http/host-guard.ts';
import { methodNotAllowed } from './http/http-error.ts';
import type { RequestHandler } from './http/http-server.ts';
import { sendJson, sendNotFound, sendText } from './http/json-response.ts';
import type { McpEndpoint } from './mcp/endpoint.ts';
import type { Metrics } from './observe/metrics.ts';
import { prometheusApiPath } from './prometheus-api/prometheus-api.ts';

export interface MainListenerOptions {
  /** Its metrics can be read without a key. */
  readonly isOpen: boolean;
  readonly guard: HostGuard;
  readonly endpoint: McpEndpoint;
  readonly prometheusApi: RequestHandler;
  readonly console: MainConsole;
  readonly backend: Backend;
  readonly authenticator: Authenticator;
  readonly clientAddress: ClientAddress;
  readonly metrics: Metrics;
}

/** Everything on the main listener. A probe names the host by its address, so those two paths take any host. */
export function createMainHandler({
  isOpen,
  guard,
  endpoint,
  prometheusApi,
  console,
  backend,
  authenticator,
  clientAddress,
  metrics,
}: MainListenerOptions): RequestHandler {
  const pagesOrNothing = createPagesHandler(console.pages, guard, (request, response) => {
    guard(request.headers);
    sendNotFound(response);
  });
  return async (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    if (path.startsWith(`${consoleApiPath}/`)) return console.api(request, response);
    if (path.startsWith(`${prometheusApiPath}/`)) return prometheusApi(request, response);
    switch (path) {
      case '/livez':
        onlyReads(request);
        return sendJson(response, 200, { status: 'alive' });
      case '/readyz':
        onlyReads(request);
        return (await backend.ready())
          ? sendJson(response, 200, { status: 'ready' })
          : sendJson(response, 503, { status: 'the store does not answer' }, { 'Retry-After': '5' });
      case '/mcp':
        return endpoint.handle(request, response);
      case '/metrics':
        guard(request.headers);
        onlyReads(request);
        if (!isOpen) {
          const { authorization } = request.headers;
          await authenticator.authenticate(authorization, 'admin', new Date(), clientAddress(request));
        }
        return sendText(response, await metrics.registry.metrics(), metrics.registry.contentType);
      default:
        return pagesOrNothing(request, response);
    }
  };
}

function onlyReads({ method }: IncomingMessage): void {
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(['GET', 'HEAD']);
}
