import { describe, expect, test } from 'vitest';
import type { Fault } from './faults.ts';
import { logForms, type ShopRecords, type ShopSpan } from './records.ts';
import { makeShop, minute, type ShopOptions } from './shop.ts';

/** Noon. */
const noon = BigInt(Date.UTC(2025, 5, 15, 12)) * 1_000_000n;
const hour = 60n * minute;
const usual = { seed: 7, from: noon, to: noon + hour };

const all = (options: Partial<ShopOptions> = {}): ShopRecords[] => [...makeShop({ ...usual, ...options })];
const spansOf = (options: Partial<ShopOptions> = {}): ShopSpan[] =>
  all({ metrics: false, ...options }).flatMap(({ spans }) => spans);
const endOf = ({ start, duration }: ShopSpan): bigint => start + BigInt(duration);

describe('the same shop again', () => {
  test('a seed and a range give the same records, another seed others', () => {
    const short = { to: noon + 5n * minute };
    expect(all(short)).toEqual(all(short));
    expect(all(short)).not.toEqual(all({ ...short, seed: 8 }));
  });

  test('the spans and logs of a minute are the same in any range', () => {
    const [, , third] = all({ to: noon + 4n * minute });
    const [alone] = all({ from: noon + 2n * minute + 17n, to: noon + 3n * minute, metrics: false });
    expect(alone).toEqual({ ...third, metrics: [] });
  });

  test('without an end it goes on as long as it is asked', () => {
    const minutes = makeShop({ seed: 7, from: noon });
    const froms = [minutes.next(), minutes.next()].map(({ value }) => value?.from);
    expect(froms).toEqual([noon, noon + minute]);
  });
});

describe('traces', () => {
  test('children lie within their parents, consumers begin after their message is sent', () => {
    const spans = spansOf();
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    expect(byId.size).toBe(spans.length);
    const children = spans.filter(({ parentSpanId }) => parentSpanId !== '');
    for (const child of children) {
      const parent = byId.get(child.parentSpanId);
      if (parent === undefined) throw new Error(`no span ${child.parentSpanId}`);
      expect(parent.traceId).toBe(child.traceId);
      if (child.kind === 'consumer') {
        expect(parent.kind).toBe('producer');
        expect(child.start).toBeGreaterThan(endOf(parent));
      } else {
        expect(child.start).toBeGreaterThanOrEqual(parent.start);
        expect(endOf(child)).toBeLessThanOrEqual(endOf(parent));
      }
      if (child.kind === 'server') expect(parent.kind).toBe('client');
    }
    expect(children.length).toBeGreaterThan(spans.length / 2);
  });

  test('as many requests as are asked for, more by day than by night', () => {
    const roots = (from: bigint, to: bigint) =>
      spansOf({ from, to, requestsPerMinute: 10 }).filter(
        ({ kind, parentSpanId }) => kind === 'server' && parentSpanId === '',
      ).length;
    const midnight = noon - 12n * hour;
    const day = roots(noon, noon + 12n * hour);
    const night = roots(midnight, noon);
    expect(day).toBeGreaterThan(1.2 * night);
    expect(Math.abs(day + night - 14_400)).toBeLessThan(0.05 * 14_400);
  });

  test('services of every protocol, span kind and status', () => {
    const spans = spansOf();
    const values = (name: string) => new Set(spans.map(({ attributes }) => attributes[name]));
    expect([...new Set(spans.map(({ kind }) => kind))].sort()).toEqual(
      ['client', 'consumer', 'internal', 'producer', 'server'].sort(),
    );
    expect([...values('db.system.name')]).toEqual(
      expect.arrayContaining(['redis', 'mongodb', 'postgresql', 'mysql']),
    );
    expect([...values('http.response.status_code')]).toEqual(
      expect.arrayContaining([200, 404, 500, 502, 503, 504]),
    );
    expect([...values('messaging.system')]).toContain('kafka');
    expect([...values('rpc.system')]).toContain('grpc');
    expect([...values('dns.question.name')]).toContain('bank.example');
    expect(spans.some(({ duration }) => duration > 5e9)).toBe(true);
  });

  test('the canary takes a fifth of the checkouts and fails more often', () => {
    const served = spansOf().filter(
      ({ kind, pod }) => kind === 'server' && pod.workload.service === 'checkout',
    );
    const of = (workload: string) => served.filter(({ pod }) => pod.workload.name === workload);
    const failed = (workload: string) =>
      of(workload).filter(({ failed }) => failed).length / of(workload).length;
    expect(of('checkout-canary').length / served.length).toBeGreaterThan(0.12);
    expect(of('checkout-canary').length / served.length).toBeLessThan(0.28);
    expect(failed('checkout-canary')).toBeGreaterThan(failed('checkout'));
  });
});

describe('logs', () => {
  test('every form and level, with the ids of their requests', () => {
    const minutes = all({ metrics: false, to: noon + 6n * hour });
    const logs = minutes.flatMap((one) => one.logs);
    const spans = new Map(minutes.flatMap((one) => one.spans).map((span) => [span.spanId, span.traceId]));
    expect(new Set(logs.map(({ form }) => form))).toEqual(new Set(logForms));
    expect(new Set(logs.map(({ level }) => level))).toEqual(
      new Set([undefined, 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']),
    );
    const ofRequests = logs.filter(({ traceId }) => traceId !== '');
    for (const { traceId, spanId } of ofRequests) expect(spans.get(spanId)).toBe(traceId);
    expect(ofRequests.length).toBeGreaterThan(logs.length / 2);
  });

  test('a server that fails logs an error', () => {
    const minutes = all({ metrics: false });
    const failed = minutes
      .flatMap(({ spans }) => spans)
      .filter(({ kind, failed }) => failed && ['server', 'consumer'].includes(kind));
    const errors = new Set(
      minutes.flatMap(({ logs }) =>
        logs.filter(({ level }) => level === 'ERROR').map(({ spanId }) => spanId),
      ),
    );
    expect(failed.length).toBeGreaterThan(20);
    for (const { spanId } of failed) expect(errors).toContain(spanId);
  });
});

describe('metrics', () => {
  test('histograms count the requests that ended, from the beginning of the range', () => {
    const minutes = all({ to: noon + 10n * minute });
    const last = minutes.at(-1);
    const routes = new Map<string, { count: number; sum: number }>();
    for (const span of minutes.flatMap(({ spans }) => spans)) {
      if (span.kind !== 'server' || !('http.route' in span.attributes)) continue;
      if (endOf(span) > noon + 10n * minute) continue;
      const key = `${span.pod.uid} ${span.attributes['http.route']} ${span.attributes['http.response.status_code']}`;
      const { count, sum } = routes.get(key) ?? { count: 0, sum: 0 };
      routes.set(key, { count: count + 1, sum: sum + span.duration / 1e9 });
    }
    const points = (last?.metrics ?? []).flatMap((metric) =>
      metric.kind === 'histogram' ? metric.points.map((point) => ({ ...point, pod: metric.pod })) : [],
    );
    expect(points).toHaveLength(routes.size);
    for (const { pod, attributes, count, sum, counts, start, time } of points) {
      const key = `${pod.uid} ${attributes['http.route']} ${attributes['http.response.status_code']}`;
      expect(count).toBe(routes.get(key)?.count);
      expect(sum).toBeCloseTo(routes.get(key)?.sum ?? Number.NaN, 9);
      expect(counts.reduce((all, one) => all + one, 0)).toBe(count);
      expect([start, time]).toEqual([noon, noon + 10n * minute]);
    }
  });

  test('a container that starts anew counts anew', () => {
    let before: ShopRecords | undefined;
    for (const one of makeShop({ seed: 7, from: noon, requestsPerMinute: 2 })) {
      const killed = one.logs.find(({ level }) => level === 'FATAL');
      const cpu = (records: ShopRecords | undefined) =>
        records?.metrics.flatMap((metric) =>
          metric.pod === killed?.pod && metric.kind === 'counter' && metric.name === 'container.cpu.time'
            ? metric.points
            : [],
        )[0];
      if (killed !== undefined && before !== undefined) {
        expect(cpu(one)?.start).toBe(one.from + minute / 2n);
        expect(cpu(before)?.start).toBe(noon);
        break;
      }
      before = one;
    }
  });
});

describe('faults', () => {
  const plant = (fault: Fault) => ({ without: spansOf(), with: spansOf({ faults: [fault] }) });
  const period = { from: noon + 20n * minute, to: noon + 40n * minute };
  const within = ({ start }: ShopSpan) => start >= period.from && start < period.to;
  const total = (spans: readonly ShopSpan[]) => spans.reduce((sum, { duration }) => sum + duration, 0);

  test('slow code: one span of one workload is longer by so much', () => {
    const of = (spans: readonly ShopSpan[]) =>
      spans
        .filter(({ pod, name }) => pod.workload.name === 'catalog' && name === 'render prices')
        .filter(within);
    const planted = plant({
      kind: 'slow code',
      workload: 'catalog',
      span: 'render prices',
      addedMs: 200,
      ...period,
    });
    expect(total(of(planted.with)) - total(of(planted.without))).toBe(
      of(planted.without).length * 200_000_000,
    );
    expect(of(planted.without).length).toBeGreaterThan(100);
  });

  test('delayed network: the caller waits, the server does not see why', () => {
    const planted = plant({ kind: 'delayed network', workload: 'ledger', delayMs: 300, ...period });
    const of = (spans: readonly ShopSpan[], kind: string) =>
      spans.filter((span) => span.name === 'shop.Ledger/Book' && span.kind === kind).filter(within);
    expect(total(of(planted.with, 'client')) - total(of(planted.without, 'client'))).toBe(
      of(planted.without, 'client').length * 300_000_000,
    );
    expect(total(of(planted.with, 'server'))).toBe(total(of(planted.without, 'server')));
  });

  test('starved cpu: its own work takes longer, it is throttled and at its limit', () => {
    const fault: Fault = {
      kind: 'starved cpu',
      workload: 'catalog',
      cluster: 'prod-eu',
      slowdown: 5,
      ...period,
    };
    const planted = plant(fault);
    const of = (spans: readonly ShopSpan[], cluster: string) =>
      spans
        .filter(({ pod, name }) => pod.cluster.name === cluster && name === 'render prices')
        .filter(within);
    expect(total(of(planted.with, 'prod-eu')) / total(of(planted.without, 'prod-eu'))).toBeCloseTo(5, 5);
    expect(total(of(planted.with, 'prod-us'))).toBe(total(of(planted.without, 'prod-us')));
    const throttled = all({ faults: [fault] })
      .at(-1)
      ?.metrics.filter(({ name }) => name === 'container.cpu.throttled_periods')
      .filter((metric) => metric.kind === 'counter' && metric.points.some(({ value }) => value > 0))
      .map(({ pod }) => `${pod.cluster.name}/${pod.workload.name}`);
    expect(new Set(throttled)).toEqual(new Set(['prod-eu/catalog']));
  });

  test('new error: a message that was not there, in a part of the requests', () => {
    const message = 'coupon code is too long';
    const share = 0.5;
    const planted = plant({ kind: 'new error', workload: 'cart', share, message, ...period });
    const of = (spans: readonly ShopSpan[]) => spans.filter((span) => span.message === message);
    const served = planted.with.filter((span) => span.pod.workload.name === 'cart' && span.kind === 'server');
    const failed = of(planted.with).filter(({ kind }) => kind === 'server');
    expect(of(planted.without)).toEqual([]);
    expect(failed.every(within)).toBe(true);
    expect(failed.length / served.filter(within).length).toBeGreaterThan(0.4);
    expect(failed.length / served.filter(within).length).toBeLessThan(0.6);
  });

  test('bad rollout: pods of the new version take a part of the requests and fail', () => {
    const fault = { version: '9.9.9', share: 0.5, errorRate: 0.9, message: 'no such column: coupon' };
    const planted = plant({ kind: 'bad rollout', workload: 'payments', ...fault, ...period });
    const served = planted.with.filter(
      ({ pod, kind }) => pod.workload.name === 'payments' && kind === 'server',
    );
    const isNew = ({ pod }: ShopSpan) => pod.version === '9.9.9';
    expect(served.filter(isNew).every(within)).toBe(true);
    const share = served.filter(isNew).length / served.filter(within).length;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.65);
    const failed = served.filter(isNew).filter((span) => span.message === fault.message);
    expect(failed.length / served.filter(isNew).length).toBeGreaterThan(0.75);
    const names = (isOf: (span: ShopSpan) => boolean) =>
      new Set(served.filter(isOf).map(({ pod }) => pod.name));
    for (const name of names(isNew)) expect(names((span) => !isNew(span))).not.toContain(name);
  });
});
