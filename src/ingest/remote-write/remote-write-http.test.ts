import { describe, expect, test } from 'vitest';
import { SinkError } from '../../../test/ingest/memory-sink.ts';
import { type Json, newYearMilliseconds as now } from '../../../test/ingest/otlp-messages.ts';
import { headersV1, headersV2, RemoteWriteEndpoint } from '../../../test/ingest/remote-write-endpoint.ts';
import { bodyOf, requestV2, seriesV1 } from '../../../test/ingest/remote-write-messages.ts';
import { deflateSnappy, varint } from '../../../test/ingest/snappy.ts';
import { HttpError } from '../../http/http-error.ts';
import { InFlight } from '../in-flight.ts';
import type { RemoteWriteOutcome } from './remote-write-http.ts';

const endpoint = new RemoteWriteEndpoint();

const up = seriesV1({ __name__: 'up', job: 'api' }, [
  [now, 1],
  [now + 15_000, 1],
]);
const nameless = seriesV1({ job: 'api' }, [[now, 1]]);
const v1 = (...timeseries: Json[]): Uint8Array<ArrayBuffer> => bodyOf('WriteRequest', { timeseries });
const v2 = bodyOf(
  'Request',
  requestV2((symbols) => [
    {
      labelsRefs: symbols.labels({ __name__: 'up' }),
      samples: [
        { timestamp: now, value: 1 },
        { timestamp: now + 1, value: 1 },
      ],
      exemplars: [{ timestamp: now, value: 1 }],
    },
    { labelsRefs: symbols.labels({ __name__: 'h' }), histograms: [{ countInt: 0, timestamp: now }] },
  ]),
);
const none = [null, null, null];

describe('success', () => {
  test('is a 204 without a body, and in version 2 with what was written', async () => {
    const outcomes: RemoteWriteOutcome[] = [];
    await endpoint.serve({ observe: (outcome) => outcomes.push(outcome) });
    expect(await endpoint.post(v1(up), headersV1)).toMatchObject({ status: 204, text: '', written: none });
    expect(await endpoint.post(v2, headersV2)).toMatchObject({
      status: 204,
      text: '',
      written: ['2', '1', '0'],
    });
    expect(endpoint.sink.counts()).toEqual({ samples: 5, series: 3 });
    expect(outcomes).toEqual([
      { status: 204, accepted: 2, rejected: 0 },
      { status: 204, accepted: 3, rejected: 0 },
    ]);
  });

  test('is for those who keep metrics: others say where to send them', async () => {
    await endpoint.serve({ keepsMetrics: false });
    const { status, text } = await endpoint.post(v1(up), headersV1);
    expect(status).toBe(404);
    expect(text).toContain('send them there');
    expect(endpoint.sink.inserted).toEqual([]);
  });

  test('is the same for an empty request', async () => {
    await endpoint.serve();
    expect((await endpoint.post(v1(), headersV1)).status).toBe(204);
    expect(await endpoint.post(deflateSnappy(new Uint8Array()), headersV2)).toMatchObject({
      status: 204,
      written: ['0', '0', '0'],
    });
  });

  test('comes after all is stored, under a digest that a retry repeats', async () => {
    await endpoint.serve();
    endpoint.sink.before = () => {
      throw new SinkError(true);
    };
    expect((await endpoint.post(v1(up), headersV1)).status).toBe(503);
    const digests: string[] = [];
    endpoint.sink.before = ({ digest }) => {
      digests.push(digest);
    };
    for (const body of [v1(up), v1(up), v1(up, up)]) await endpoint.post(body, headersV1);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });
});

test('a part that can not be stored is a 400 with reasons and counts, and the rest is stored', async () => {
  await endpoint.serve();
  const partial = await endpoint.post(v1(nameless, up, nameless), headersV1);
  expect(partial).toMatchObject({
    status: 400,
    text: '2 of 4 samples rejected, the others stored: a series has no metric name (2)\n',
    written: none,
  });
  expect(endpoint.sink.counts()).toEqual({ samples: 2, series: 1 });
  const empty = requestV2((symbols) => [
    { labelsRefs: symbols.labels({ __name__: 'up' }), samples: [{ timestamp: now, value: 1 }] },
    { labelsRefs: symbols.labels({ __name__: 'up' }) },
  ]);
  expect(await endpoint.post(bodyOf('Request', empty), headersV2)).toMatchObject({
    status: 400,
    text: '1 of 2 samples rejected, the others stored: a series has neither samples nor histograms (1)\n',
    written: ['1', '0', '0'],
  });
});

describe('content', () => {
  const protobuf = 'application/x-protobuf';

  test.each([
    protobuf,
    `${protobuf};proto=prometheus.WriteRequest`,
    `${protobuf}; proto=prometheus.WriteRequest`,
    `Application/X-Protobuf ; charset=x; PROTO="prometheus.WriteRequest"`,
  ])('%s is version 1', async (contentType) => {
    await endpoint.serve();
    const answer = await endpoint.post(v1(up), { ...headersV1, 'content-type': contentType });
    expect(answer).toMatchObject({ status: 204, written: none });
    expect(endpoint.sink.counts().samples).toBe(2);
  });

  test.each([
    'application/json',
    'text/plain',
    'application/protobuf',
    `${protobuf};proto=io.prometheus.write.v3.Request`,
    `${protobuf};proto=`,
  ])('%s is a 415', async (contentType) => {
    await endpoint.serve();
    expect(await endpoint.post(v1(up), { ...headersV1, 'content-type': contentType })).toMatchObject({
      status: 415,
      text: `the Content-Type has to be ${protobuf}, ${protobuf};proto=prometheus.WriteRequest or ${protobuf};proto=io.prometheus.write.v2.Request\n`,
      written: none,
    });
  });

  test.each(['gzip', 'identity', 'snappy, gzip', ''])('the coding "%s" is a 415', async (coding) => {
    await endpoint.serve();
    const answer = await endpoint.post(v1(up), { ...headersV1, 'content-encoding': coding });
    expect(answer.status).toBe(415);
    expect(answer.text).toBe('the Content-Encoding has to be snappy, in its block format\n');
    expect(answer.headers.get('accept-encoding')).toBe('snappy');
  });

  test('no type at all is a 415: that is what a web page may send', async () => {
    await endpoint.serve();
    expect((await endpoint.post(v1(up), { 'content-encoding': 'snappy' })).status).toBe(415);
  });

  test('another method is a 405', async () => {
    await endpoint.serve();
    for (const method of ['GET', 'PUT', 'OPTIONS']) {
      const answer = await endpoint.post(v1(up), headersV1, method);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });
});

describe('broken bodies', () => {
  test('are a 400 that says what is broken, and nothing of them is stored', async () => {
    await endpoint.serve();
    const cut = v1(up).slice(0, -1);
    expect(await endpoint.post(cut, headersV1)).toMatchObject({
      status: 400,
      text: 'the body is not valid Snappy: it ends early\n',
    });
    const garbage = deflateSnappy(new Uint8Array(Buffer.from('{"resourceMetrics":[]}')));
    expect((await endpoint.post(garbage, headersV1)).text).toMatch(
      /^the body is not a prometheus.WriteRequest in protobuf: .+, at byte \d+\n$/,
    );
    expect(await endpoint.post(garbage, headersV2)).toMatchObject({
      status: 400,
      text: expect.stringMatching(/^the body is not a io.prometheus.write.v2.Request in protobuf: /),
      written: ['0', '0', '0'],
    });
    expect(endpoint.sink.inserted).toEqual([]);
  });

  test('that are too large are a 413, as sent and inflated', async () => {
    await endpoint.serve({ bodyBytes: 1000 });
    expect((await endpoint.post(new Uint8Array(1001), headersV1)).status).toBe(413);
    const bomb = Uint8Array.from([...varint(64 * 2 ** 20 + 1), 0, 0]);
    const answer = await endpoint.post(bomb, headersV2);
    expect(answer).toMatchObject({
      status: 413,
      text: 'the body has more than 67108864 bytes once it is inflated; send smaller batches\n',
    });
    expect((await endpoint.post(v1(up), headersV1)).status).toBe(204);
  });
});

describe('a key', () => {
  test('is asked for before anything is read', async () => {
    await endpoint.serve({
      authenticate: async () => {
        throw new HttpError(401, 'no key', { 'WWW-Authenticate': 'Bearer' });
      },
    });
    const answer = await endpoint.post(v1(up), { ...headersV1, 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 401, text: 'no key\n' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('writes within its limits alone, and what is refused tells nothing else', async () => {
    await endpoint.serve({ authenticate: async () => ({ namespaces: ['shop'] }) });
    const own = seriesV1({ __name__: 'up', namespace: 'shop' }, [[now, 1]]);
    const other = seriesV1({ __name__: 'up', namespace: 'bank' }, [[now, 1]]);
    expect(await endpoint.post(v1(own, other), headersV1)).toMatchObject({
      status: 400,
      text: '1 of 2 samples rejected, the others stored: the key may not write namespace "bank" (1)\n',
    });
    expect(endpoint.sink.inserted).toMatchObject([
      { limits: { namespaces: ['shop'] }, encoded: { count: 1 } },
    ]);
  });
});

describe('the store', () => {
  test('that is down is a 503 with Retry-After, and nothing of its error gets out', async () => {
    await endpoint.serve();
    endpoint.sink.before = () => {
      throw new SinkError(true);
    };
    const answer = await endpoint.post(v2, headersV2);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.text).not.toMatch(/secret|DB::Exception|10\.0\.0\.7/);
  });

  test('that takes too long is told to stop, and answered for with a 503', async () => {
    await endpoint.serve({ storeMilliseconds: 20 });
    endpoint.sink.before = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const answer = await endpoint.post(v1(up), headersV1);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
  });

  test('that fails for good is a 500', async () => {
    await endpoint.serve();
    endpoint.sink.before = () => {
      throw new TypeError('a bug');
    };
    const answer = await endpoint.post(v1(up), headersV1);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('a bug');
  });
});

test('too much in flight is a 429 with Retry-After', async () => {
  await endpoint.serve({ inFlight: new InFlight({ requests: 1, bytes: 1 << 20, decoding: 1 }) });
  let release = (): void => {};
  const isHeld = new Promise<void>((resolve) => {
    endpoint.sink.before = () => {
      resolve();
      return new Promise((go) => {
        release = go;
      });
    };
  });
  const held = endpoint.post(v1(up), headersV1);
  await isHeld;
  const refused = await endpoint.post(v1(up), headersV1);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  release();
  expect((await held).status).toBe(204);
});

describe('much at once', () => {
  test('100,000 label sets in one request', async () => {
    await endpoint.serve();
    const timeseries = Array.from({ length: 100_000 }, (_, i) =>
      seriesV1({ __name__: 'kube_pod_info', namespace: 'default', pod: `pod-${i}` }, [[now, i]]),
    );
    expect((await endpoint.post(bodyOf('WriteRequest', { timeseries }), headersV1)).status).toBe(204);
    expect(endpoint.sink.counts()).toEqual({ samples: 100_000, series: 100_000 });
  });

  test('a label of 1 MB is rejected, and the rest stored', async () => {
    await endpoint.serve();
    const long = seriesV1({ __name__: 'up', pod: 'x'.repeat(1 << 20) }, [[now, 1]]);
    expect(await endpoint.post(v1(long, up), headersV1)).toMatchObject({
      status: 400,
      text: "1 of 3 samples rejected, the others stored: a label's value is longer than 65536 bytes (1)\n",
    });
    expect(endpoint.sink.counts().samples).toBe(2);
  });

  test('tens of millions of empty messages', async () => {
    await endpoint.serve();
    const repeated = (tag: number): Uint8Array<ArrayBuffer> => {
      const pair = Buffer.from([(tag << 3) | 2, 0]);
      return snappyOf(pair, 32 << 20);
    };
    const answers = [
      await endpoint.post(repeated(1), headersV1),
      await endpoint.post(repeated(3), headersV1),
      await endpoint.post(emptySamples(20 << 20), headersV1),
      await endpoint.post(repeated(5), headersV2),
      await endpoint.post(repeated(4), headersV2),
    ];
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual([
      '413 there are more than 500000 series; send smaller batches\n',
      '413 there are more than 100000 metric families; send smaller batches\n',
      '413 there are more than 500000 samples; send smaller batches\n',
      '413 there are more than 500000 series; send smaller batches\n',
      '413 there are more than 500000 symbols; send smaller batches\n',
    ]);
    expect((await endpoint.post(v1(up), headersV1)).status).toBe(204);
    expect(endpoint.sink.counts()).toEqual({ samples: 2, series: 1 });
  });
});

/** Two bytes again and again, deflated as far as Snappy can. */
function snappyOf(
  pair: Uint8Array,
  length: number,
  head: Uint8Array = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  const literal = Buffer.concat([head, pair]);
  const copies = Math.floor((length - literal.length) / 64);
  const copy = Buffer.from([2 | (63 << 2), 2, 0]);
  return Uint8Array.from(
    Buffer.concat([
      Uint8Array.from(varint(literal.length + copies * 64)),
      Uint8Array.from([(literal.length - 1) << 2]),
      literal,
      Buffer.alloc(copies * 3, copy),
    ]),
  );
}

/** One series with as many empty samples as fit. */
function emptySamples(length: number): Uint8Array<ArrayBuffer> {
  const inner = length - (length % 64);
  // The series' length counts its samples alone, so it has no labels.
  const head = Uint8Array.from([(1 << 3) | 2, ...varint(inner + 2)]);
  return snappyOf(Uint8Array.from([(2 << 3) | 2, 0]), inner + head.length + 2, head);
}
