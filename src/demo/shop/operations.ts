/** What serving a request takes, one step after another; times are medians in ms. */
export type Step =
  | { readonly do: 'work'; readonly ms: number }
  /** A span of its own within the process. */
  | { readonly do: 'compute'; readonly name: string; readonly ms: number }
  | { readonly do: 'call'; readonly operation: OperationName }
  | {
      readonly do: 'query';
      readonly system: 'postgresql' | 'mysql' | 'redis' | 'mongodb';
      readonly operation: string;
      readonly target: string;
      readonly server: string;
      readonly ms: number;
    }
  /** Hands a message to each of the consumers, which take it up when they come to it. */
  | { readonly do: 'publish'; readonly topic: string; readonly consumers: readonly OperationName[] }
  | { readonly do: 'resolve'; readonly host: string; readonly ms: number }
  /** An HTTP call to somebody who sends no telemetry. `stalls`: part of the calls that take some seconds. */
  | {
      readonly do: 'external';
      readonly host: string;
      readonly method: string;
      readonly path: string;
      readonly ms: number;
      readonly stalls: number;
    };

export interface Operation {
  readonly service: string;
  readonly protocol: 'HTTP' | 'gRPC' | 'Kafka' | 'job';
  /** HTTP's method, the name of the RPC; `process` of a consumer. */
  readonly method: string;
  /** HTTP's route, the service of the RPC, the topic of a consumer, the name of the job. */
  readonly route: string;
  /** Part of the requests that ask for what is not there. */
  readonly notFound?: number;
  readonly steps: readonly Step[];
}

/** How serving a request ended. */
export interface Outcome {
  /** A status of HTTP, or a status code of gRPC. */
  readonly code: number;
  /** Why it failed; undefined where it did not. */
  readonly failure: string | undefined;
}

const http = (
  service: string,
  method: string,
  route: string,
  steps: readonly Step[],
  notFound = 0,
): Operation => ({
  service,
  protocol: 'HTTP',
  method,
  route,
  steps,
  notFound,
});

const rpc = (service: string, route: string, method: string, steps: readonly Step[]): Operation => ({
  service,
  protocol: 'gRPC',
  method,
  route,
  steps,
});

const work = (ms: number): Step => ({ do: 'work', ms });
const call = (operation: OperationName): Step => ({ do: 'call', operation });
const redis = (operation: string, target: string): Step => ({
  do: 'query',
  system: 'redis',
  operation,
  target,
  server: 'redis.storefront.svc.cluster.local',
  ms: 0.8,
});

export type OperationName =
  | 'home'
  | 'product page'
  | 'add to cart'
  | 'pay'
  | 'get product'
  | 'list products'
  | 'get cart'
  | 'add item'
  | 'place order'
  | 'charge'
  | 'book'
  | 'ship'
  | 'notify'
  | 'sales report'
  | 'export sales'
  | 'get user'
  | 'verify token'
  | 'ping'
  | 'pong';

export const operations: Readonly<Record<OperationName, Operation>> = {
  home: http('web', 'GET', '/', [work(2), call('list products')]),
  'product page': http(
    'web',
    'GET',
    '/products/{id}',
    [work(2), call('get product'), call('get cart')],
    0.02,
  ),
  'add to cart': http('web', 'POST', '/cart/items', [work(1), call('add item')]),
  pay: http('web', 'POST', '/checkout', [work(3), call('place order')]),

  'get product': http('catalog', 'GET', '/api/products/{id}', [
    work(2),
    {
      do: 'query',
      system: 'mongodb',
      operation: 'find',
      target: 'products',
      server: 'mongodb.storefront.svc.cluster.local',
      ms: 6,
    },
    { do: 'compute', name: 'render prices', ms: 3 },
  ]),
  'list products': http('catalog', 'GET', '/api/products', [
    work(2),
    {
      do: 'query',
      system: 'mongodb',
      operation: 'aggregate',
      target: 'products',
      server: 'mongodb.storefront.svc.cluster.local',
      ms: 18,
    },
    { do: 'compute', name: 'render prices', ms: 8 },
  ]),

  'get cart': rpc('cart', 'shop.Cart', 'GetCart', [work(0.5), redis('HGETALL', 'cart')]),
  'add item': rpc('cart', 'shop.Cart', 'AddItem', [
    work(0.5),
    redis('HSET', 'cart'),
    redis('EXPIRE', 'cart'),
  ]),

  'place order': http('checkout', 'POST', '/api/orders', [
    work(4),
    call('get cart'),
    { do: 'compute', name: 'price order', ms: 9 },
    call('charge'),
    { do: 'publish', topic: 'orders', consumers: ['ship', 'notify'] },
  ]),

  charge: http('payments', 'POST', '/api/charges', [
    work(6),
    {
      do: 'query',
      system: 'postgresql',
      operation: 'INSERT',
      target: 'charges',
      server: 'postgres.payments.svc.cluster.local',
      ms: 4,
    },
    { do: 'resolve', host: 'bank.example', ms: 1 },
    { do: 'external', host: 'bank.example', method: 'POST', path: '/v2/captures', ms: 120, stalls: 0.01 },
    call('book'),
  ]),
  book: rpc('ledger', 'shop.Ledger', 'Book', [
    work(1),
    {
      do: 'query',
      system: 'mysql',
      operation: 'INSERT',
      target: 'entries',
      server: 'mysql.payments.svc.cluster.local',
      ms: 5,
    },
  ]),

  ship: {
    service: 'shipping',
    protocol: 'Kafka',
    method: 'process',
    route: 'orders',
    steps: [work(12), { do: 'compute', name: 'choose carrier', ms: 25 }],
  },
  notify: {
    service: 'notifications',
    protocol: 'Kafka',
    method: 'process',
    route: 'orders',
    steps: [work(40)],
  },

  'sales report': http('reports', 'GET', '/api/reports/{name}', [
    work(20),
    {
      do: 'query',
      system: 'postgresql',
      operation: 'SELECT',
      target: 'sales',
      server: 'warehouse.analytics.svc.cluster.local',
      ms: 2600,
    },
    { do: 'compute', name: 'lay out', ms: 900 },
  ]),
  'export sales': {
    service: 'sales-export',
    protocol: 'job',
    method: 'run',
    route: 'export sales',
    steps: [
      work(300),
      {
        do: 'query',
        system: 'postgresql',
        operation: 'SELECT',
        target: 'sales',
        server: 'warehouse.analytics.svc.cluster.local',
        ms: 9000,
      },
      { do: 'compute', name: 'write parquet', ms: 4000 },
    ],
  },

  'get user': http('api-server', 'GET', '/users/{id}', [work(3), call('verify token')], 0.05),
  'verify token': rpc('auth-service', 'auth.Tokens', 'Verify', [work(1), redis('GET', 'session')]),
  ping: http('service-a', 'GET', '/ping', [work(1), call('pong')]),
  pong: http('service-b', 'GET', '/pong', [work(1)]),
};

/** What people and programs outside ask for, and how often. */
export const entrances: readonly { readonly operation: OperationName; readonly weight: number }[] = [
  { operation: 'home', weight: 22 },
  { operation: 'product page', weight: 34 },
  { operation: 'add to cart', weight: 14 },
  { operation: 'pay', weight: 12 },
  { operation: 'sales report', weight: 3 },
  { operation: 'get user', weight: 10 },
  { operation: 'ping', weight: 5 },
];

/** The cronjob's operation and how far apart its runs are, in minutes. */
export const schedule: { readonly operation: OperationName; readonly everyMinutes: bigint } = {
  operation: 'export sales',
  everyMinutes: 30n,
};

/** What the span of an operation is named: low in cardinality, as the semantic conventions want it. */
export function spanName({ protocol, method, route }: Operation): string {
  if (protocol === 'gRPC') return `${route}/${method}`;
  return protocol === 'job' ? route : `${method} ${route}`;
}
