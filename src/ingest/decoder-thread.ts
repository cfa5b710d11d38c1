import { parentPort, workerData } from 'node:worker_threads';
import type { EncodedMetrics } from '../store/rows/metric-rows.ts';
import type { RowBlock } from '../store/rows/row-blocks.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { DecoderFailure, DecoderJob, DecoderReply } from './decoder-protocol.ts';
import { PayloadTooLargeError } from './payload-too-large.ts';
import { type DecoderLimits, RequestDecoder } from './request-decoder.ts';

// Entry of a decoder thread: one job at a time, one reply to each.

if (parentPort === null) throw new Error('this file is the entry of a worker thread');
const port = parentPort;
const limits: DecoderLimits = workerData;
const decoder = new RequestDecoder(limits);

port.on('message', (job: DecoderJob) => {
  const reply = run(job);
  port.postMessage(reply, buffersOf(reply));
});

port.on('messageerror', () => {
  const reply: DecoderReply = { kind: 'failed', failure: 'internal', message: 'the job could not be read' };
  port.postMessage(reply);
});

function run(job: DecoderJob): DecoderReply {
  try {
    switch (job.kind) {
      case 'body':
        return { kind: job.kind, decoded: decoder.decodeBody(job.body) };
      case 'lines':
        return { kind: job.kind, decoded: decoder.decodeLines(job.lines) };
      case 'remote write':
        return { kind: job.kind, decoded: decoder.decodeRemoteWrite(job.body) };
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', failure: failureOf(error), message };
  }
}

function failureOf(error: unknown): DecoderFailure {
  if (error instanceof InputError) return 'input';
  return error instanceof PayloadTooLargeError ? 'too large' : 'internal';
}

/** Rows are moved to the other thread, not copied. */
function buffersOf(reply: DecoderReply): ArrayBuffer[] {
  switch (reply.kind) {
    case 'failed':
      return [];
    case 'body':
      return reply.decoded.signal === 'metrics'
        ? buffersOfMetrics(reply.decoded.encoded)
        : buffersOfBlocks(reply.decoded.blocks);
    case 'lines': {
      const { logs, traces, metrics } = reply.decoded;
      return [
        ...buffersOfBlocks(logs.blocks),
        ...buffersOfBlocks(traces.blocks),
        ...buffersOfMetrics(metrics.encoded),
      ];
    }
    case 'remote write':
      return buffersOfMetrics(reply.decoded.encoded);
  }
}

const buffersOfBlocks = (blocks: readonly RowBlock[]): ArrayBuffer[] =>
  blocks.map(({ bytes }) => bytes.buffer);

const buffersOfMetrics = ({ series, samples }: EncodedMetrics): ArrayBuffer[] => [
  series.bytes.buffer,
  series.ends.buffer,
  series.days.buffer,
  series.bare.buffer,
  ...buffersOfBlocks(samples),
];
