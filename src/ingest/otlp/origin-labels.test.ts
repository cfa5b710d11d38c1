import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  gauge,
  type Json,
  metricsRequest,
  newYear,
  textAttribute,
} from '../../../test/ingest/otlp-messages.ts';
import { lines, translate } from '../../../test/ingest/translated.ts';

const attributes = (values: Record<string, string>): Json[] =>
  Object.entries(values).map(([key, value]) => textAttribute(key, value));

interface Sent {
  readonly resource?: Record<string, string>;
  readonly scope?: Json;
  readonly schemaUrl?: string;
  readonly point?: Record<string, string>;
}

const requestOf = ({ resource = {}, scope = {}, schemaUrl = '', point = {} }: Sent): Json => ({
  resourceMetrics: [
    {
      resource: { attributes: attributes(resource) },
      scopeMetrics: [{ scope, schemaUrl, metrics: [gauge('m', 1, { attributes: attributes(point) })] }],
    },
  ],
});

/** The labels of the one series of `m`. */
function labelsOf(sent: Sent): Record<string, string> {
  const found = translate(requestOf(sent)).series.filter(({ labels }) => labels.metricName === 'm');
  expect(found).toHaveLength(1);
  const { __name__, ...labels } = found[0]?.labels.toObject() ?? {};
  return labels;
}

describe('labels of the resource', () => {
  test('say what the tools and the limits of keys ask for', () => {
    const resource = {
      'k8s.cluster.name': 'eu-1',
      'k8s.namespace.name': 'shop',
      'k8s.pod.name': 'cart-6f6cfc45b-h5m2n',
      'k8s.container.name': 'app',
      'k8s.node.name': 'node-7',
      'host.name': 'ignored',
      'service.name': 'cart',
      'service.namespace': 'store',
      'service.instance.id': '627cc493',
      'service.version': '1.2',
    };
    expect(labelsOf({ resource })).toEqual({
      cluster: 'eu-1',
      namespace: 'shop',
      workload: 'cart',
      pod: 'cart-6f6cfc45b-h5m2n',
      container: 'app',
      node: 'node-7',
      job: 'store/cart',
      instance: '627cc493',
    });
  });

  test.each([
    ['k8s.replicaset.name', 'replicaset'],
    ['k8s.hpa.name', 'horizontalpodautoscaler'],
    ['k8s.resourcequota.name', 'resourcequota'],
    ['k8s.replicationcontroller.name', 'replicationcontroller'],
  ])('tell objects of a namespace apart by %s', (key, label) => {
    const resource = { 'k8s.namespace.name': 'shop', [key]: 'cart-7c9d8bcdf' };
    expect(labelsOf({ resource })).toEqual({ namespace: 'shop', [label]: 'cart-7c9d8bcdf' });
  });

  test('tell volumes of a pod apart, and leave its replica set out, which a rollout replaces', () => {
    const resource = {
      'k8s.namespace.name': 'shop',
      'k8s.pod.name': 'cart-6f6cfc45b-h5m2n',
      'k8s.replicaset.name': 'cart-6f6cfc45b',
      'k8s.volume.name': 'data',
      'k8s.persistentvolumeclaim.name': 'data-cart',
    };
    expect(labelsOf({ resource })).toEqual({
      namespace: 'shop',
      workload: 'cart',
      pod: 'cart-6f6cfc45b-h5m2n',
      volumename: 'data',
      persistentvolumeclaim: 'data-cart',
    });
  });

  test('are left out where nothing is known', () => {
    expect(labelsOf({})).toEqual({});
    expect(labelsOf({ resource: { 'service.namespace': 'store', 'service.name': '' } })).toEqual({});
    expect(
      labelsOf({ resource: { 'service.name': 'cart', 'host.name': 'vm-3', 'container.name': 'c' } }),
    ).toEqual({
      workload: 'cart',
      job: 'cart',
      node: 'vm-3',
      container: 'c',
    });
  });

  test("win over a data point's own, which are kept under another name", () => {
    const resource = { 'k8s.namespace.name': 'shop', 'service.name': 'cart' };
    const point = { namespace: 'other', job: 'j', exported_job: 'k', pod: 'own', cluster: 'own' };
    expect(labelsOf({ resource, point })).toEqual({
      namespace: 'shop',
      exported_namespace: 'other',
      workload: 'cart',
      job: 'cart',
      exported_job: 'k',
      exported_exported_job: 'j',
      pod: 'own',
      cluster: 'own',
    });
  });
});

describe('labels of the scope', () => {
  test('say its name, version, schema and attributes', () => {
    const scope = {
      name: 'otelhttp',
      version: 'v0.24.0',
      attributes: attributes({ 'library.mascot': 'bear' }),
    };
    expect(labelsOf({ scope, schemaUrl: 'https://example.com/1' })).toEqual({
      otel_scope_name: 'otelhttp',
      otel_scope_version: 'v0.24.0',
      otel_scope_schema_url: 'https://example.com/1',
      otel_scope_library_mascot: 'bear',
    });
  });

  test('are not made of attributes that would be another of them', () => {
    const scope = { name: 'real', attributes: attributes({ name: 'a', 'schema.url': 'b', version: 'c' }) };
    expect(labelsOf({ scope })).toEqual({ otel_scope_name: 'real' });
  });

  test('join what a data point says under the same name, by the order of the keys', () => {
    const point = { 'otel.scope.name': 'point', otel_scope_version: '2' };
    expect(labelsOf({ scope: { name: 'scope', version: '1' }, point })).toEqual({
      otel_scope_name: 'point;scope',
      otel_scope_version: '2;1',
    });
  });
});

describe('labels of a data point', () => {
  test.each([
    ['http.method', 'http_method'],
    ['label!with&special$chars)', 'label_with_special_chars_'],
    ['label.name__with&&special', 'label_name_with_special'],
    ['123label', 'key_123label'],
    ['.foo', '_foo'],
    ['__name__', '_name_'],
    ['label:with:colons', 'label_with_colons'],
    ['ようこそ', '_'],
  ])('of the attribute %s are named %s', (key, name) => {
    expect(labelsOf({ point: { [key]: 'v' } })).toEqual({ [name]: 'v' });
  });

  test('that come to the same name are joined by the order of their keys', () => {
    expect(labelsOf({ point: { a_b: '3', 'a-b': '1', 'a.b': '2' } })).toEqual({ a_b: '1;2;3' });
  });

  test('are those of its own attributes, where others look alike once joined', () => {
    const dataPoints = [{ 'a,b': 'c' }, { a: 'b,c' }, { 'a,b': 'c' }].map((point, i) => ({
      timeUnixNano: String(newYear + BigInt(i) * 1_000_000_000n),
      asInt: String(i),
      attributes: attributes(point),
    }));
    expect(lines(translate(metricsRequest([{ name: 'm', gauge: { dataPoints } }], [])).series)).toEqual([
      'm{a="b,c"} 1@1',
      'm{a_b="c"} 0@0 2@2',
    ]);
  });

  test('are no empty values, and no empty names', () => {
    expect(labelsOf({ point: { empty: '', '': 'nameless', kept: 'v' } })).toEqual({ kept: 'v' });
  });

  test('never stand for the bound of a bucket or a quantile', () => {
    const dataPoint = {
      timeUnixNano: String(newYear),
      count: '1',
      attributes: attributes({ le: 'own', quantile: 'q' }),
    };
    const histogram = { aggregationTemporality: 2, dataPoints: [dataPoint] };
    expect(lines(translate(metricsRequest([{ name: 'h', histogram }], [])).series)).toEqual([
      'h_bucket{exported_le="own", le="+Inf", quantile="q"} 1@0',
      'h_count{exported_le="own", quantile="q"} 1@0',
    ]);
  });

  test('are valid UTF-8, whatever JSON says', () => {
    expect(labelsOf({ point: { half: 'a\ud800b' }, resource: { 'k8s.pod.name': '\udc00' } })).toMatchObject({
      half: 'a\ufffdb',
      pod: '\ufffd',
    });
  });

  test('are names that Prometheus takes, and never the name of the metric', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('__name__', 'namespace', 'le', '__'),
    );
    fc.assert(
      fc.property(fc.dictionary(text, text), fc.dictionary(text, text), (point, scope) => {
        const [series] = translate(requestOf({ point, scope: { attributes: attributes(scope) } })).series;
        expect(series?.labels.metricName).toBe('m');
        for (const [name] of series?.labels ?? []) {
          if (name !== '__name__') expect(name).toMatch(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/);
        }
      }),
    );
  });
});

describe('target_info', () => {
  const identity = { 'service.name': 'cart', 'service.namespace': 'store', 'service.instance.id': 'i' };
  const at = (seconds: number): Json => ({
    timeUnixNano: String(newYear - BigInt(seconds) * 1_000_000_000n),
    asDouble: 1,
  });
  const infoOf = (resource: Record<string, string>, seconds: readonly number[] = [0]): string[] =>
    lines(
      translate(
        metricsRequest([{ name: 'm', gauge: { dataPoints: seconds.map(at) } }], attributes(resource)),
      ).series.filter(({ labels }) => labels.metricName === 'target_info'),
    );

  test('has the attributes of the resource that do not identify it, and its labels', () => {
    const resource = { ...identity, 'k8s.pod.name': 'cart-0', 'cloud.region': 'eu', job: 'own' };
    expect(infoOf(resource)).toEqual([
      'target_info{cloud_region="eu", exported_job="own", instance="i", job="store/cart", k8s_pod_name="cart-0", pod="cart-0", workload="cart"} 1@0',
    ]);
    const { series, accepted } = translate(requestOf({ resource }));
    expect(series.find(({ labels }) => labels.metricName === 'target_info')?.metadata).toEqual({
      type: 'info',
      unit: '',
      help: 'Attributes of the resource that sent metrics',
    });
    expect(accepted).toBe(1);
  });

  test('is not made where it would say nothing, or of nobody', () => {
    expect(infoOf(identity)).toEqual([]);
    expect(infoOf({ 'cloud.region': 'eu' })).toEqual([]);
    expect(infoOf({ 'service.instance.id': 'i', 'cloud.region': 'eu' })).toHaveLength(1);
  });

  test('has a sample for every 150 s in which the resource sent something, and one at the end', () => {
    expect(infoOf({ ...identity, a: 'b' }, [10, 600, 300, 451, 450, 299, 0])).toEqual([
      'target_info{a="b", instance="i", job="store/cart", workload="cart"} 1@-600 1@-450 1@-300 1@-10 1@0',
    ]);
  });

  test('is made once for each resource, and not of points that were rejected', () => {
    const one = (service: string, seconds: number): Json => ({
      resource: { attributes: attributes({ 'service.name': service, a: 'b' }) },
      scopeMetrics: ['x', 'y'].map((name) => ({
        scope: { name },
        metrics: [{ name: 'm', gauge: { dataPoints: [at(seconds)] } }],
      })),
    });
    const tomorrow = -86_500;
    const { series } = translate({ resourceMetrics: [one('cart', 0), one('shop', tomorrow), one('pay', 5)] });
    expect(lines(series).filter((line) => line.startsWith('target_info'))).toEqual([
      'target_info{a="b", job="cart", workload="cart"} 1@0',
      'target_info{a="b", job="pay", workload="pay"} 1@-5',
    ]);
  });

  test('that can not be stored is left out with a warning', () => {
    const result = translate(requestOf({ resource: { ...identity, long: 'x'.repeat(70_000) } }));
    expect(result.accepted).toBe(1);
    expect(result.warnings).toEqual([
      { reason: "target_info was left out: a label's value is longer than 65536 bytes", count: 1 },
    ]);
  });
});

describe('a key with limits', () => {
  const limits = { namespaces: ['shop', 'pay'], clusters: ['eu-1'] };
  const resource = {
    'k8s.namespace.name': 'shop',
    'k8s.cluster.name': 'eu-1',
    'service.name': 'cart',
    a: 'b',
  };
  const reasonsOf = (sent: Sent, keyLimits = limits) =>
    translate(requestOf(sent), keyLimits).rejections.map(({ reason }) => reason);

  test('writes what it may', () => {
    const { rejected, series } = translate(requestOf({ resource }), limits);
    expect(rejected).toBe(0);
    expect(series.map(({ labels }) => labels.metricName)).toEqual(['m', 'target_info']);
  });

  test('is judged by the labels that are stored, whoever set them', () => {
    expect(reasonsOf({ resource: { ...resource, 'k8s.namespace.name': 'secret' } })).toEqual([
      'the key may not write namespace "secret"',
    ]);
    expect(reasonsOf({ resource, point: { namespace: 'secret' } })).toEqual([]);
    const { 'k8s.namespace.name': _, ...without } = resource;
    expect(reasonsOf({ resource: without })).toEqual([
      'the key is limited to namespaces, and a series has no label namespace (in OTLP the resource attribute k8s.namespace.name)',
    ]);
    expect(reasonsOf({ resource: without, point: { namespace: 'secret' } })).toEqual([
      'the key may not write namespace "secret"',
    ]);
    expect(reasonsOf({ resource: { ...resource, 'k8s.cluster.name': 'us-1' } })).toEqual([
      'the key may not write cluster "us-1"',
    ]);
  });

  test('writes nothing where it may see nothing', () => {
    expect(reasonsOf({ resource }, { namespaces: [], clusters: ['eu-1'] })).toEqual([
      'the key may not write namespace "shop"',
    ]);
  });
});
