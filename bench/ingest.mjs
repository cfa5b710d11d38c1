// How many records a second one thread decodes and turns into rows, beside what protobufjs takes for
// decoding alone. The kinds of run take turns, so that a busy machine slows all of them.
// usage: npm run build && node bench/ingest.mjs [FOLDER with logs.jsonl.gz and traces.jsonl.gz]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { RequestDecoder } from '../dist/ingest/request-decoder.js';

const rounds = 7;
const recorded = fileURLToPath(new URL('../../shared/data/trainticket-2023-01-29', import.meta.url));
const folder = process.argv[2] ?? recorded;
const root = protobuf.parse(readFileSync(new URL('../test/ingest/otlp.proto', import.meta.url), 'utf8')).root;
const messages = { logs: 'ExportLogsServiceRequest', traces: 'ExportTraceServiceRequest' };

/** Made up as an application's logs often are: a short body, five attributes, a trace. */
function typicalLogs(requests, records) {
  return Array.from({ length: requests }, (_, i) => ({
    resourceLogs: Array.from({ length: 10 }, (_, r) => ({
      resource: {
        attributes: [
          ['service.name', `checkout-${r}`],
          ['k8s.namespace.name', 'shop'],
          ['k8s.cluster.name', 'production'],
          ['k8s.deployment.name', `checkout-${r}`],
          ['k8s.pod.name', `checkout-${r}-6f6cfc45b-h5m2n`],
          ['k8s.node.name', 'node-17'],
        ].map(([key, stringValue]) => ({ key, value: { stringValue } })),
      },
      scopeLogs: [
        {
          scope: { name: 'com.example.Checkout', version: '1.2.3' },
          logRecords: Array.from({ length: records / 10 }, (_, n) => ({
            timeUnixNano: String(1_767_225_600_000_000_000n + BigInt(i * 1_000_000 + r * 1000 + n)),
            severityNumber: 9,
            severityText: 'INFO',
            body: { stringValue: `order ${i * records + n} of customer ${n % 997} accepted in ${n % 89} ms` },
            attributes: [
              { key: 'http.request.method', value: { stringValue: 'POST' } },
              { key: 'http.route', value: { stringValue: '/api/orders/{id}' } },
              { key: 'http.response.status_code', value: { intValue: '200' } },
              { key: 'thread.name', value: { stringValue: `worker-${n % 16}` } },
              { key: 'order.id', value: { intValue: String(i * records + n) } },
            ],
            traceId: (BigInt(i + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n)
              .toString(16)
              .slice(-32)
              .padStart(32, '1'),
            spanId: (BigInt(n + 1) * 0x9e3779b97f4a7c15n).toString(16).slice(-16).padStart(16, '1'),
          })),
        },
      ],
    })),
  }));
}

function recordedRequests(signal) {
  const text = gunzipSync(readFileSync(`${folder}/${signal}.jsonl.gz`)).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** OTLP/JSON has ids in hexadecimal, protobuf in bytes. */
function withByteIds(value) {
  if (Array.isArray(value)) return value.map(withByteIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      /^(trace|span|parentSpan)Id$/.test(key) ? Buffer.from(inner, 'hex') : withByteIds(inner),
    ]),
  );
}

function bodiesOf(signal, requests) {
  const type = root.lookupType(messages[signal]);
  return {
    json: requests.map((request) => new Uint8Array(Buffer.from(JSON.stringify(request)))),
    protobuf: requests.map((request) =>
      Uint8Array.from(type.encode(type.fromObject(withByteIds(request))).finish()),
    ),
  };
}

function runsOf(signal, bodies) {
  const decoder = new RequestDecoder();
  const type = root.lookupType(messages[signal]);
  const arrival = BigInt(Date.now()) * 1_000_000n;
  const ours = (encoding) => () => {
    let records = 0;
    for (const bytes of bodies[encoding]) {
      records += decoder.decodeBody({ signal, encoding, gzip: false, bytes, arrival, limits: {} }).accepted;
    }
    return records;
  };
  return {
    'protobuf to rows': ours('protobuf'),
    'JSON to rows': ours('json'),
    'protobufjs, decoding alone': () => {
      for (const bytes of bodies.protobuf) type.decode(bytes);
    },
    'JSON.parse alone': () => {
      for (const bytes of bodies.json) JSON.parse(Buffer.from(bytes).toString());
    },
  };
}

function compare(title, signal, requests) {
  const runs = Object.entries(runsOf(signal, bodiesOf(signal, requests)));
  const seconds = new Map(runs.map(([name]) => [name, []]));
  let records = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of runs) {
      const start = performance.now();
      records = run() ?? records;
      if (round > 0) seconds.get(name).push((performance.now() - start) / 1000);
    }
  }
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  const reference = median(seconds.get('protobufjs, decoding alone'));
  console.log(`\n${title}: ${records} records`);
  for (const [name, values] of seconds) {
    const rate = Math.round(records / median(values)).toLocaleString('en');
    const ratio = (reference / median(values)).toFixed(2);
    console.log(`  ${name.padEnd(28)} ${rate.padStart(10)}/s   ${ratio} × protobufjs`);
  }
}

compare('typical logs', 'logs', typicalLogs(20, 5000));
compare('recorded logs', 'logs', recordedRequests('logs'));
compare('recorded spans', 'traces', recordedRequests('traces'));
