import protobuf from 'protobufjs/minimal.js';
import { afterEach, describe, expect, test } from 'vitest';
import { metricsOf, recordsOf } from '../../test/ingest/decode.ts';
import {
  encodeJson,
  encodeMessage,
  gauge,
  type Json,
  log,
  logsRequest,
  metricsRequest,
  newYear,
  newYearMilliseconds,
  textAttribute,
} from '../../test/ingest/otlp-messages.ts';
import { readSamples } from '../../test/ingest/read-metrics.ts';
import { readRows } from '../../test/ingest/read-rows.ts';
import { InputError } from '../telemetry/input-error.ts';
import { Decoder, DecoderError, type DecoderOptions } from './decoder.ts';
import { PayloadTooLargeError } from './payload-too-large.ts';
import type { RequestBody } from './request-decoder.ts';

let decoder: Decoder;
const start = (options?: DecoderOptions): Decoder => {
  decoder = new Decoder(options);
  return decoder;
};
afterEach(() => decoder.close());

const body = (request: Json, fields: Partial<RequestBody> = {}): RequestBody => ({
  signal: 'logs',
  encoding: 'json',
  gzip: false,
  bytes: encodeJson(request),
  arrival: newYear,
  limits: {},
  ...fields,
});
const many = (count: number, text: string): Json =>
  logsRequest(Array.from({ length: count }, (_, i) => log(`${text} ${i}`)));

describe('decoder threads', () => {
  test('give each caller the rows of its own body, whatever else goes on', async () => {
    start({ threads: 2 });
    const answers = Array.from({ length: 60 }, async (_, i) => {
      if (i % 3 === 0) {
        await expect(decoder.decodeBody(body({ resourceLogs: i }))).rejects.toThrow(InputError);
        return;
      }
      const request = logsRequest([log(`body ${i}`)]);
      const bytes = encodeMessage('ExportLogsServiceRequest', request);
      const decoded = await decoder.decodeBody(
        i % 2 === 0 ? body(request) : body({}, { encoding: 'protobuf', bytes }),
      );
      const [block] = recordsOf(decoded).blocks;
      expect(Buffer.from(block?.bytes ?? []).includes(`body ${i}`)).toBe(true);
      expect(decoded.accepted).toBe(1);
    });
    await Promise.all(answers);
  });

  test('move metrics to the caller, those that are changes too', async () => {
    start({ threads: 1 });
    const attributes = [textAttribute('route', '/pay')];
    const point = { timeUnixNano: String(newYear), asInt: '3', attributes };
    const sum = { aggregationTemporality: 1, isMonotonic: true, dataPoints: [point] };
    const request = metricsRequest([gauge('load', 0.5), { name: 'requests', sum }], []);
    const { encoded } = metricsOf(await decoder.decodeBody(body(request, { signal: 'metrics' })));
    expect(encoded.count).toBe(2);
    expect(readSamples(encoded)).toEqual([
      { labels: { __name__: 'load' }, timestamp: newYearMilliseconds, value: 0.5 },
    ]);
    expect(encoded.deltas).toEqual([
      {
        pairs: ['__name__', 'requests_total', 'route', '/pay'],
        metadata: { type: 'counter', unit: '', help: '' },
        samples: [{ timestamp: newYearMilliseconds, value: 3 }],
      },
    ]);
  });

  test('leave the main thread free', async () => {
    start({ threads: 1 });
    await decoder.decodeBody(body({}));
    const request = body(many(50_000, 'x'.repeat(100)));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const { accepted } = await decoder.decodeBody(request);
    clearInterval(timer);
    expect(accepted).toBe(50_000);
    expect(turns).toBeGreaterThan(10);
  });

  test('decode lines too', async () => {
    start();
    const bytes = new Uint8Array(Buffer.from(`${JSON.stringify(logsRequest([log('a')]))}\nnonsense\n`));
    const decoded = await decoder.decodeLines({ bytes, arrival: newYear, limits: {} });
    expect(decoded).toMatchObject({ requests: 1, broken: [{ index: 1, message: expect.any(String) }] });
    expect(readRows('logs', decoded.logs.blocks[0]?.bytes ?? new Uint8Array())).toMatchObject([
      { Body: 'a' },
    ]);
  });

  test('pass on that a body is too large', async () => {
    start({ limits: { inflatedBytes: 10, records: 10, rowBytes: 10 } });
    await expect(decoder.decodeBody(body(many(10, 'a')))).rejects.toThrow(PayloadTooLargeError);
  });

  test('are replaced when a body takes more memory than they have', async () => {
    start({ threads: 1, heapMegabytes: 32 });
    const objects = Buffer.alloc(1_500_000 * 3, '{},').subarray(0, -1);
    const bytes = new Uint8Array(
      Buffer.concat([Buffer.from('{"resourceLogs":['), objects, Buffer.from(']}')]),
    );
    await expect(decoder.decodeBody(body({}, { bytes }))).rejects.toThrow(
      new PayloadTooLargeError('decoding the body takes too much memory; send smaller batches'),
    );
    expect((await decoder.decodeBody(body(many(3, 'a')))).accepted).toBe(3);
  });

  test('keep nothing of long help texts but what is stored', async () => {
    start({ threads: 1, heapMegabytes: 128 });
    for (let i = 0; i < 12; i++) {
      const metric = Object.assign({ description: `${i}${'x'.repeat(20 << 20)}` }, gauge(`m${i}`, 1));
      const bytes = encodeMessage('ExportMetricsServiceRequest', metricsRequest([metric]));
      const decoded = await decoder.decodeBody(body({}, { signal: 'metrics', encoding: 'protobuf', bytes }));
      expect(decoded.accepted).toBe(1);
    }
  });

  test('are replaced when a body takes too long', async () => {
    start({ threads: 1, milliseconds: 3000 });
    // Empty scopes, two bytes each: nothing is kept, but it takes some 15 s. A thread starts in 0.2 s.
    const scopes = Buffer.alloc(40 << 20, Uint8Array.from([0x12, 0x00]));
    const request = protobuf.Writer.create().uint32(0x0a).bytes(scopes).finish();
    const slow = decoder.decodeBody(
      body({}, { signal: 'traces', encoding: 'protobuf', bytes: Uint8Array.from(request) }),
    );
    const next = decoder.decodeBody(body(many(3, 'a')));
    await expect(slow).rejects.toThrow(
      new PayloadTooLargeError('decoding the body takes too long; send smaller batches'),
    );
    const another = decoder.decodeBody(body(many(4, 'a')));
    expect((await next).accepted).toBe(3);
    expect((await another).accepted).toBe(4);
  });

  test('refuse a body that was given away before, and go on', async () => {
    start({ threads: 1 });
    const request = body(many(3, 'a'));
    const first = decoder.decodeBody(request);
    await expect(decoder.decodeBody(request)).rejects.toThrow(DecoderError);
    expect((await first).accepted).toBe(3);
    expect((await decoder.decodeBody(body(many(3, 'a')))).accepted).toBe(3);
  });

  test('end with what they work on and what waits', async () => {
    start({ threads: 1 });
    const pending = [1, 2, 3].map(() => decoder.decodeBody(body(many(20_000, 'a'))));
    const settled = Promise.allSettled(pending);
    await decoder.close();
    const reasons = (await settled).map((result) =>
      result.status === 'rejected' ? result.reason : result.value,
    );
    expect(reasons).toEqual([expect.any(DecoderError), expect.any(DecoderError), expect.any(DecoderError)]);
    await expect(decoder.decodeBody(body({}))).rejects.toThrow('the decoder was closed');
  });
});
