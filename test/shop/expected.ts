import type { ShopLog, ShopSpan } from '../../src/demo/shop/records.ts';
import { nanoseconds } from '../support/answers.ts';

/** What a field is for a record as it was made; the empty text where it has none. */
type Reading<Item> = (item: Item) => string;

type Origin = Pick<ShopSpan, 'pod'>;

const origin: Readonly<Record<string, Reading<Origin>>> = {
  cluster: ({ pod }) => pod.cluster.name,
  namespace: ({ pod }) => pod.workload.namespace,
  workload: ({ pod }) => pod.workload.name,
  pod_name: ({ pod }) => pod.name,
  container_name: ({ pod }) => pod.workload.container,
  node_name: ({ pod }) => pod.node,
  service: ({ pod }) => pod.workload.service,
  region: ({ pod }) => pod.cluster.region,
  app_version: ({ pod }) => pod.version,
  source: ({ pod }) => (pod.workload.ebpf ? 'eBPF' : 'OTel'),
};

const attribute =
  (name: string): Reading<Pick<ShopSpan, 'attributes'>> =>
  ({ attributes }) =>
    String(attributes[name] ?? '');

export const logFields: Readonly<Record<string, Reading<ShopLog>>> = {
  ...origin,
  level: ({ level }) => level ?? '',
  format: ({ form }) => form,
  trace_id: ({ traceId }) => traceId,
  '@custom_field': attribute('custom_field'),
  '@customer.id': attribute('customer.id'),
};

const systems: Readonly<Record<string, string>> = {
  grpc: 'gRPC',
  kafka: 'Kafka',
  mysql: 'MySQL',
  postgresql: 'PostgreSQL',
  redis: 'Redis',
  mongodb: 'MongoDB',
};

function protocol({ attributes }: ShopSpan): string {
  const system = attributes['rpc.system'] ?? attributes['db.system.name'] ?? attributes['messaging.system'];
  if (system !== undefined) return systems[String(system)] ?? '';
  if ('http.request.method' in attributes) return 'HTTP';
  return 'dns.question.name' in attributes ? 'DNS' : '';
}

export const spanFields: Readonly<Record<string, Reading<ShopSpan>>> = {
  ...origin,
  role: ({ kind }) => kind,
  status: ({ failed }) => (failed ? 'error' : 'ok'),
  status_message: ({ message }) => message,
  operation_name: ({ name }) => name,
  protocol_type: protocol,
  subtype: ({ attributes }) =>
    String(
      attributes['http.request.method'] ??
        attributes['rpc.method'] ??
        attributes['db.operation.name'] ??
        attributes['messaging.operation.type'] ??
        '',
    ),
  return_code: ({ attributes }) =>
    String(attributes['http.response.status_code'] ?? attributes['rpc.grpc.status_code'] ?? ''),
  // Calls to somebody outside have no route; their paths hold no ids.
  clustered_resource: ({ attributes }) =>
    String(attributes['http.route'] ?? String(attributes['url.full'] ?? '').replace(/^https:\/\/[^/]+/, '')),
  '@customer.id': attribute('customer.id'),
};

/** The window as an answer states it: the server's own clock decides where relative ones lie. */
export interface StatedWindow {
  readonly from: string;
  readonly to: string;
}

export function spansIn(spans: readonly ShopSpan[], window: StatedWindow): ShopSpan[] {
  const [from, to] = [nanoseconds(window.from), nanoseconds(window.to)];
  return spans.filter(({ start }) => start >= from && start < to);
}

export function logsIn(logs: readonly ShopLog[], window: StatedWindow): ShopLog[] {
  const [from, to] = [nanoseconds(window.from), nanoseconds(window.to)];
  return logs.filter(({ time }) => time >= from && time < to);
}

/** Items by what is read of them; a missing value is in the group `(none)`. */
export function groupBy<Item>(items: readonly Item[], reading: Reading<Item>): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = reading(item) || '(none)';
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}

/** How many items each group has, the largest first, equal ones by name. */
export function countsBy<Item>(items: readonly Item[], reading: Reading<Item>): [string, number][] {
  return Array.from(groupBy(items, reading), ([key, of]): [string, number] => [key, of.length]).sort(
    ([a, many], [b, few]) => few - many || (a < b ? -1 : 1),
  );
}

/** Between the two nearest ranks, linearly. `values` may not be empty. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  if (low === undefined || high === undefined) throw new RangeError('no values');
  return low + (high - low) * (rank - Math.floor(rank));
}
