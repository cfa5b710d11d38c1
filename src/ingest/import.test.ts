import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MemorySink, SinkError } from '../../test/ingest/memory-sink.ts';
import {
  gauge,
  type Json,
  log,
  logsRequest,
  metricsRequest,
  newYearMilliseconds,
  span,
  tracesRequest,
} from '../../test/ingest/otlp-messages.ts';
import type { StoredSample } from '../../test/ingest/read-metrics.ts';
import { InputError } from '../telemetry/input-error.ts';
import { Decoder } from './decoder.ts';
import {
  ImportError,
  type ImportOptions,
  type ImportProgress,
  type ImportResult,
  importFiles,
} from './import.ts';
import { type LineBatch, lineBatches } from './line-batches.ts';

let decoder: Decoder;
let sink: MemorySink;
let folder = '';

beforeAll(() => {
  decoder = new Decoder();
});
afterAll(() => decoder.close());
beforeEach(() => {
  sink = new MemorySink();
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (paths: readonly string[], options: Partial<ImportOptions> = {}): Promise<ImportResult> =>
  importFiles({ paths, decoder, sink, now: () => newYearMilliseconds, ...options });
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const lines = (...requests: Json[]): string =>
  requests.map((request) => `${JSON.stringify(request)}\n`).join('');
const bodies = (): unknown[] => sink.rows('logs').map(({ Body }) => Body);

describe('files', () => {
  test('plain and gzip, and what a folder has of them', async () => {
    write('b.jsonl', lines(logsRequest([log('b1')]), logsRequest([log('b2')])));
    write('a.jsonl.gz', gzipSync(lines(logsRequest([log('a')]))));
    write('c.ndjson', lines(tracesRequest([span('c')])).trimEnd());
    write('d.json', lines(logsRequest([log('d')]), {}).replaceAll('\n', '\r\n'));
    write('README.md', 'not telemetry');
    write('empty.jsonl', '');
    expect(await run([folder])).toEqual({
      files: 5,
      lines: 6,
      logs: { stored: 4, rejected: 0, rejections: [], warnings: [] },
      traces: { stored: 1, rejected: 0, rejections: [], warnings: [] },
      metrics: { stored: 0, rejected: 0, rejections: [], warnings: [] },
      brokenLines: 0,
      broken: [],
      skippedFiles: [],
    });
    expect(bodies()).toEqual(['a', 'b1', 'b2', 'd']);
  });

  test('in folders of a folder are found too', async () => {
    mkdirSync(join(folder, 'day', 'hour.json'), { recursive: true });
    write('day/hour.json/logs.jsonl', lines(logsRequest([log('deep')])));
    expect(await run([folder])).toMatchObject({ files: 1, logs: { stored: 1 } });
    expect(bodies()).toEqual(['deep']);
  });

  test('in a folder that hold other JSON are passed over, and named', async () => {
    write('a.jsonl', lines(logsRequest([log('a')])));
    const other = write('incidents.json', JSON.stringify({ incidents: [{ id: 1 }] }, null, 1));
    expect(await run([folder])).toMatchObject({ files: 1, brokenLines: 0, skippedFiles: [other] });
    expect(await run([other])).toMatchObject({ files: 1, brokenLines: 7, skippedFiles: [] });
  });

  test('that are not there, and folders without any, are an error that names them', async () => {
    const missing = join(folder, 'missing.jsonl');
    await expect(run([missing])).rejects.toThrow(new InputError(`${missing} is not there or can't be read`));
    await expect(run([folder])).rejects.toThrow(
      new InputError(`${folder} has no file that ends in .jsonl, .jsonl.gz, .json, .ndjson`),
    );
  });

  test('that are no gzip, or cut off, are an error with the line', async () => {
    const noGzip = write('a.jsonl.gz', 'hello');
    await expect(run([noGzip])).rejects.toMatchObject({ name: 'ImportError', file: noGzip, line: 1 });
    const whole = gzipSync(lines(logsRequest([log('a')])));
    const cut = write('b.jsonl.gz', whole.subarray(0, whole.length - 12));
    await expect(run([cut])).rejects.toThrow(ImportError);
  });
});

describe('lines', () => {
  test('that are broken are counted and named, and the rest goes on', async () => {
    const file = write(
      'a.jsonl',
      [
        JSON.stringify(logsRequest([log('first')])),
        '{"resourceLogs":[',
        '',
        JSON.stringify(logsRequest([log('lost'), { body: 5 }])),
        JSON.stringify({
          resourceMetrics: [
            {
              scopeMetrics: [{ metrics: [gauge('load', 1), { name: 'm', gauge: { dataPoints: [{}, {}] } }] }],
            },
          ],
        }),
        JSON.stringify(tracesRequest([span('a'), span('b', { startTimeUnixNano: '0' })])),
        JSON.stringify(logsRequest([log('last'), log('c', { traceId: 'ab' })])),
      ].join('\n'),
    );
    expect(await run([file])).toEqual({
      files: 1,
      lines: 7,
      logs: {
        stored: 3,
        rejected: 0,
        rejections: [],
        warnings: [
          {
            reason: 'a trace id that is not 16 bytes, or a span id that is not 8 bytes, was left out',
            count: 1,
          },
        ],
      },
      traces: {
        stored: 1,
        rejected: 1,
        rejections: [{ reason: 'a span has no start time', count: 1 }],
        warnings: [],
      },
      metrics: {
        stored: 1,
        rejected: 2,
        rejections: [{ reason: 'a data point has no time', count: 2 }],
        warnings: [],
      },
      brokenLines: 2,
      broken: [
        { file, line: 2, message: expect.stringContaining('the body is not valid JSON') },
        { file, line: 4, message: expect.stringContaining('logRecords[1].body is not an AnyValue') },
      ],
      skippedFiles: [],
    });
    expect(bodies()).toEqual(['first', 'last', 'c']);
    expect(sink.samples().map(({ labels }) => labels.__name__)).toEqual(['load']);
  });

  test('far down in a file keep their numbers, and only the first twenty are named', async () => {
    const long = logsRequest([log('x'.repeat(100_000))]);
    const file = write(
      'a.jsonl',
      Array.from({ length: 200 }, (_, i) => (i % 4 === 3 ? '}' : JSON.stringify(long))).join('\n'),
    );
    const result = await run([file]);
    expect(result).toMatchObject({ lines: 200, brokenLines: 50, logs: { stored: 150 } });
    const named = result.broken.map(({ line }) => line);
    expect(named).toHaveLength(20);
    expect(named.every((line) => line % 4 === 0)).toBe(true);
    expect(sink.inserted.length).toBeGreaterThan(1);
  });
});

test('lines are cut into batches at their ends, and lines that are too long are left out', async () => {
  const file = write('a.jsonl', `one\ntwo\n${'x'.repeat(50)}\nthree\n\nfour`);
  const batches: LineBatch[] = [];
  for await (const batch of lineBatches(file, { batchBytes: 8, lineBytes: 49 })) batches.push(batch);
  const shown = batches.map(({ bytes, firstLine, lines: count, tooLong }) => [
    Buffer.from(bytes).toString(),
    firstLine,
    count,
    tooLong,
  ]);
  expect(shown).toEqual([
    ['one\ntwo\n', 1, 2, []],
    ['\nthree\n\n', 3, 3, [3]],
    ['four\n', 6, 1, []],
  ]);
});

describe('the store', () => {
  const manyLines = (): string =>
    write(
      'many.jsonl',
      lines(...Array.from({ length: 300 }, (_, i) => logsRequest([log(`${i} ${'x'.repeat(60_000)}`)]))),
    );

  test('gets several batches at once, and no more than that', async () => {
    let running = 0;
    let most = 0;
    sink.before = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    expect(await run([manyLines()], { atOnce: 2 })).toMatchObject({ logs: { stored: 300 } });
    expect(most).toBeLessThanOrEqual(2);
    expect(sink.inserted.length).toBeGreaterThan(3);
  });

  test('that is down for a while is asked again', async () => {
    let failures = 3;
    sink.before = () => {
      failures -= 1;
      if (failures >= 0) throw new SinkError(true);
    };
    const file = write('a.jsonl', lines(logsRequest([log('a')])));
    expect(await run([file], { retryDelays: [1, 1, 1] })).toMatchObject({ logs: { stored: 1 } });
    expect(sink.tokens).toHaveLength(4);
    expect(new Set(sink.tokens).size).toBe(1);
  });

  test.each([
    ['that stays down', true, 3],
    ['that fails for good', false, 1],
  ])('%s ends the import with the file and the line', async (_, retryable, tries) => {
    sink.before = () => {
      throw new SinkError(retryable);
    };
    const file = write('a.jsonl', lines(logsRequest([log('a')])));
    const failure = run([file], { retryDelays: [1, 1] });
    await expect(failure).rejects.toThrow(ImportError);
    await expect(failure).rejects.toMatchObject({ file, line: 1, cause: expect.any(SinkError) });
    expect(sink.tokens).toHaveLength(tries);
  });

  test('keeps no metrics where they are read from another store, and says so', async () => {
    const file = write('a.jsonl', lines(metricsRequest([gauge('load', 1)]), logsRequest([log('a')])));
    const { metrics, logs } = await run([file], { keepsMetrics: false });
    expect(logs.stored).toBe(1);
    expect(metrics).toMatchObject({ stored: 0, rejected: 1, rejections: [{ count: 1 }] });
    expect(metrics.rejections[0]?.reason).toContain('KUBESENSE_PROMETHEUS_URL');
    expect(sink.metrics.size).toBe(0);
  });

  test('has each batch once when an import is repeated', async () => {
    const file = manyLines();
    await run([file]);
    await run([file]);
    expect(sink.tokens.length).toBeGreaterThan(sink.inserted.length);
    expect(sink.count('logs')).toBe(300);
  });
});

test('the recorded telemetry comes in whole, with progress', async () => {
  const recorded = fileURLToPath(new URL('../../../shared/data/trainticket-2023-01-29', import.meta.url));
  const progress: ImportProgress[] = [];
  const result = await run([recorded], { now: Date.now, onProgress: (step) => progress.push(step) });
  expect(result).toEqual({
    files: 3,
    lines: 187 + 358 + 106,
    logs: { stored: 93_436, rejected: 0, rejections: [], warnings: [] },
    traces: { stored: 178_710, rejected: 0, rejections: [], warnings: [] },
    metrics: { stored: 81_457, rejected: 0, rejections: [], warnings: [] },
    brokenLines: 0,
    broken: [],
    skippedFiles: [join(recorded, 'incidents.json')],
  });
  expect(sink.count('logs')).toBe(93_436);
  expect(sink.count('traces')).toBe(178_710);
  const samples = [...sink.metrics.values()].reduce((sum, { count }) => sum + count, 0);
  const isInfo = ({ labels }: StoredSample): boolean => labels.__name__ === 'target_info';
  expect(samples - sink.samples().filter(isInfo).length).toBe(81_457);
  const reads = progress.map(({ readBytes }) => readBytes);
  expect(reads).toEqual(reads.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toMatchObject({ stored: 272_146 + 81_457, readBytes: progress.at(-1)?.totalBytes });
  const texts = sink.rows('logs').map(({ SeverityText }) => SeverityText);
  const counts = ['ERROR', 'WARN', 'INFO'].map(
    (severity) => texts.filter((text) => text === severity).length,
  );
  expect(counts).toEqual([921, 3587, 88_928]);
});
