import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  insertRecord,
  startTestEngine,
  type TestEngine,
  type TestRecord,
} from '../../../test/support/store.ts';
import { workloadCases } from '../../../test/support/workload-cases.ts';
import type { BuiltinFieldName, Signal } from '../../telemetry/fields.ts';
import { join, sql } from '../sql/sql.ts';
import { openStore, type Store } from '../store.ts';
import { fieldExpressions } from './expressions.ts';

/** A record, and what its fields must be. */
interface Case extends TestRecord {
  readonly is: Readonly<Partial<Record<BuiltinFieldName, string>>>;
}

let test: TestEngine;
let store: Store;

beforeAll(async () => {
  test = await startTestEngine();
  store = await openStore({ clickhouse: test.clickhouse, database: 'fields', retention: 1e9 });
});
afterAll(() => test?.close());

const resource = (attributes: Record<string, string>): TestRecord => ({
  maps: { ResourceAttributes: attributes },
});
const log = (Body: string, is: Case['is']): Case => ({ columns: { Body }, is });
const span = (attributes: Record<string, string>, is: Case['is'], SpanKind = 'Client'): Case => ({
  columns: { SpanKind, ServiceName: 'web' },
  maps: { SpanAttributes: attributes, ResourceAttributes: { 'k8s.namespace.name': 'shop' } },
  is,
});

/** Both ways of reading a field give what is expected: the materialized column, and the expression. */
async function check(signal: Signal, { is, ...record }: Case): Promise<void> {
  const table = store.table(signal);
  if (table === undefined) throw new Error('no table');
  await test.clickhouse.run(sql`TRUNCATE TABLE ${table.name}`);
  await insertRecord(test.clickhouse, table.name, record);
  for (const fields of [table.fields, fieldExpressions[signal]]) {
    const names = Object.keys(is) as BuiltinFieldName[];
    const [row = []] = await test.clickhouse.rows(
      sql`SELECT ${join(
        names.map((name) => sql`toString(${fields[name] ?? sql`'no such field'`})`),
        ', ',
      )} FROM ${table.name}`,
      z.array(z.string()),
    );
    expect(Object.fromEntries(names.map((name, i) => [name, row[i]]))).toEqual(is);
  }
}

it.each(workloadCases)('the workload of $attributes is $workload', ({ attributes, workload }) =>
  check('logs', {
    ...resource(attributes),
    columns: { ServiceName: attributes['service.name'] ?? '' },
    is: { workload },
  }),
);

it('reads Kubernetes, cloud and host attributes', async () => {
  await check('logs', {
    ...resource({
      'k8s.cluster.name': 'eu-1',
      'k8s.namespace.name': 'shop',
      'k8s.container.name': 'server',
      'k8s.node.name': 'node-7',
      'cloud.region': 'eu-west-1',
      'service.version': '1.4.2',
    }),
    is: {
      cluster: 'eu-1',
      namespace: 'shop',
      container_name: 'server',
      node_name: 'node-7',
      region: 'eu-west-1',
      app_version: '1.4.2',
      source: 'OTel',
    },
  });
  await check('traces', {
    ...resource({ 'host.name': 'vm-3', 'telemetry.distro.name': 'opentelemetry-ebpf-instrumentation' }),
    is: { node_name: 'vm-3', source: 'eBPF', container_name: '' },
  });
});

describe('level', () => {
  it.each([
    [1, 'TRACE'],
    [8, 'DEBUG'],
    [9, 'INFO'],
    [12, 'INFO'],
    [13, 'WARN'],
    [17, 'ERROR'],
    [24, 'FATAL'],
  ])('of severity number %d is %s, whatever the text', (SeverityNumber, level) =>
    check('logs', { columns: { SeverityNumber, SeverityText: 'debug' }, is: { level } }),
  );

  it.each([
    ['WARNING', 'WARN'],
    ['critical', 'FATAL'],
    ['Information', 'INFO'],
    ['err', 'ERROR'],
    ['PANIC', 'PANIC'],
  ])('of severity text %s is %s', (SeverityText, level) =>
    check('logs', { columns: { SeverityText, Body: 'DEBUG something' }, is: { level } }),
  );

  it.each([
    log('{"level":"warning","msg":"x"}', { level: 'WARN', format: 'json' }),
    log('ts=1 level=error msg="a b"', { level: 'ERROR', format: 'logfmt' }),
    log('E0129 12:00:00.123456       1 main.go:33] boom', { level: 'ERROR', format: 'klog' }),
    log('2026/01/02 03:04:05 [error] 31#31: *1 open() failed', { level: 'ERROR', format: 'nginx' }),
    log('10.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 612 "-" "curl"', {
      level: '',
      format: 'nginx',
    }),
    log('12:00:01 WARN  o.a.Kafka - slow', { level: 'WARN', format: 'text' }),
    log('panic: runtime error: index out of range', { level: 'PANIC' }),
    log('no error in this text', { level: '', format: 'text' }),
    log('{not json', { level: '', format: 'text' }),
    log('', { level: '', format: 'text', body_length: '0' }),
    log('héllo 🚀', { body_length: '7' }),
  ])('is read from the body: %j', (record) => check('logs', record));
});

describe('spans', () => {
  it.each([
    span(
      {
        'http.request.method': 'GET',
        'url.full':
          'https://cart.shop2.svc.cluster.local/api/12/items/9f8e7d6c-1a2b-3c4d-5e6f-7a8b9c0d1e2f?q=1',
        'server.address': 'cart.shop2.svc.cluster.local',
        'http.response.status_code': '503',
      },
      {
        role: 'client',
        protocol_type: 'HTTP',
        subtype: 'GET',
        return_code: '503',
        clustered_resource: '/api/{id}/items/{id}',
        server: 'cart',
        server_namespace: 'shop2',
        client: 'web',
        client_namespace: 'shop',
      },
    ),
    span(
      { 'http.method': 'POST', 'http.target': '/a/1?b=2', 'http.status_code': '200' },
      {
        protocol_type: 'HTTP',
        subtype: 'POST',
        return_code: '200',
        clustered_resource: '/a/{id}',
      },
    ),
    span({ 'http.route': '/users/{name}', 'url.path': '/users/7' }, { clustered_resource: '/users/{name}' }),
    span(
      { 'rpc.system': 'grpc', 'rpc.method': 'Get', 'rpc.grpc.status_code': '14', 'peer.service': 'ads' },
      {
        protocol_type: 'gRPC',
        subtype: 'Get',
        return_code: '14',
        server: 'ads',
        server_namespace: '',
      },
    ),
    span(
      { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT' },
      {
        protocol_type: 'PostgreSQL',
        subtype: 'SELECT',
      },
    ),
    span({ 'db.system': 'mysql' }, { protocol_type: 'MySQL' }),
    span({ 'db.system': 'mongodb' }, { protocol_type: 'MongoDB' }),
    span({ 'db.system': 'redis' }, { protocol_type: 'Redis' }),
    span({ 'db.system': 'somethingnew' }, { protocol_type: 'somethingnew' }),
    span(
      { 'messaging.system': 'kafka' },
      { role: 'producer', protocol_type: 'Kafka', client: 'web' },
      'Producer',
    ),
    span({ 'dns.question.name': 'example.com' }, { protocol_type: 'DNS' }),
    span(
      { 'client.address': '10.1.2.3' },
      { role: 'server', server: 'web', server_namespace: 'shop', client: '10.1.2.3', client_namespace: '' },
      'Server',
    ),
    span({}, { role: 'internal', protocol_type: '', server: '', client: '' }, 'SPAN_KIND_INTERNAL'),
    span({}, { role: 'internal' }, 'Unspecified'),
  ])('are understood: %j', (record) => check('traces', record));

  it.each([
    ['Error', 'error'],
    ['STATUS_CODE_ERROR', 'error'],
    ['Ok', 'ok'],
    ['Unset', 'ok'],
  ])('with status code %s have status %s', (StatusCode, status) =>
    check('traces', {
      columns: { StatusCode, Duration: 1_500_000 },
      is: { status, duration: '1500000', duration_ms: '1.5' },
    }),
  );
});
