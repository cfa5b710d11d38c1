import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authenticator } from '../access/authenticator.ts';
import type { RequestBudget } from '../access/request-budget.ts';
import type { ClientAddress } from '../http/client-address.ts';
import type { HostGuard } from '../http/host-guard.ts';
import { methodNotAllowed } from '../http/http-error.ts';
import type { RequestHandler } from '../http/http-server.ts';
import { setSecurityHeaders } from '../http/json-response.ts';
import type { Audit } from '../observe/audit.ts';
import type { Logger } from '../observe/log.ts';
import { sendAnswer, sendApiError } from './answer.ts';
import { ApiError, toApiError } from './api-error.ts';
import { labelNames, labelValues, metadata, series } from './discovery.ts';
import type { Endpoint, EndpointContext } from './endpoint.ts';
import { readForm } from './form.ts';
import { Parameters } from './parameters.ts';
import { exemplars, formatQuery, instantQuery, rangeQuery } from './query.ts';
import { recorded } from './recorded.ts';

/** Where the API begins. */
export const prometheusApiPath = '/api/v1';

/** The Prometheus whose API this is, for clients that choose their requests by it. */
const prometheusVersion = '3.15.0';

export interface PrometheusApiOptions extends EndpointContext {
  readonly authenticator: Authenticator;
  readonly guard: HostGuard;
  /** Failed logins are slowed by it; they are not where it is absent. */
  readonly clientAddress?: ClientAddress | undefined;
  readonly log: Logger;
  /** The requests that each key may send; any number where absent. */
  readonly budget?: Pick<RequestBudget, 'take'> | undefined;
  readonly audit?: Audit | undefined;
}

interface Route {
  readonly endpoint: Endpoint;
  readonly methods: readonly string[];
  /** The name under which it is recorded; absent where nothing is asked of the store. */
  readonly action?: string;
  /** The label that the path names. */
  readonly label?: string;
}

const buildInfo: Endpoint = async ({ version }) => {
  const info = {
    version: prometheusVersion,
    revision: `kubesense-mcp ${version}`,
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  };
  return { data: [JSON.stringify(info)] };
};

const formMethods = ['GET', 'POST'];

const asking = (path: string, endpoint: Endpoint, methods: readonly string[] = formMethods): Route => ({
  endpoint,
  methods,
  action: prometheusApiPath + path,
});

const routes: ReadonlyMap<string, Route> = new Map([
  ['/query', asking('/query', instantQuery)],
  ['/query_range', asking('/query_range', rangeQuery)],
  ['/query_exemplars', { endpoint: exemplars, methods: formMethods }],
  ['/format_query', { endpoint: formatQuery, methods: formMethods }],
  ['/series', asking('/series', series)],
  ['/labels', asking('/labels', labelNames)],
  ['/metadata', asking('/metadata', metadata, ['GET'])],
  ['/status/buildinfo', { endpoint: buildInfo, methods: ['GET'] }],
]);

/**
 * Prometheus' HTTP API for reading: what Grafana and other clients of Prometheus ask, for keys with the role
 * `query`. https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function createPrometheusApi(options: PrometheusApiOptions): RequestHandler {
  const { authenticator, guard, log, now, budget, audit } = options;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    guard(request.headers);
    const url = new URL(`http://localhost${request.url}`);
    const { endpoint, methods, action, label } = routeOf(url.pathname.slice(prometheusApiPath.length));
    if (request.method === 'OPTIONS') {
      setSecurityHeaders(response);
      response.writeHead(204, { Allow: [...methods, 'OPTIONS'].join(', ') }).end();
      return;
    }
    if (!methods.includes(request.method ?? '')) throw methodNotAllowed([...methods, 'OPTIONS']);
    const { authorization } = request.headers;
    const address = options.clientAddress?.(request);
    const principal = await authenticator.authenticate(authorization, 'query', new Date(now()), address);
    const parameters = new Parameters(await readForm(request, url.searchParams));
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    if (response.destroyed) return;
    const ask = async () => {
      budget?.take(principal.keyId);
      return endpoint(options, parameters, { principal, signal: gone.signal });
    };
    const asked = action && { action, label, principal, parameters, signal: gone.signal };
    await sendAnswer(response, audit && asked ? await recorded(ask, asked, audit, now) : await ask());
  }

  return async (request, response) => {
    try {
      await answer(request, response);
    } catch (error) {
      if (response.destroyed) return;
      const shown = toApiError(error, log);
      if (response.headersSent) response.destroy();
      else sendApiError(response, shown);
    }
  };
}

function routeOf(path: string): Route {
  const label = /^\/label\/([^/]+)\/values$/.exec(path)?.[1];
  if (label !== undefined) {
    const name = decoded(label);
    return { ...asking('/label/:name/values', labelValues(name), ['GET']), label: name };
  }
  const route = routes.get(path);
  if (route === undefined) throw new ApiError('not_found', 'This path of the Prometheus API is not served.');
  return route;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ApiError('bad_data', 'The name of the label in the path is not encoded as a URL has it.');
  }
}
