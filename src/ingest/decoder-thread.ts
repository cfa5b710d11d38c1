import { parentPort, workerData } from 'node:worker_threads';
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
    return job.kind === 'body'
      ? { kind: 'body', decoded: decoder.decodeBody(job.body) }
      : { kind: 'lines', decoded: decoder.decodeLines(job.lines) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', failure: failureOf(error), message };
  }
}

function failureOf(error: unknown): DecoderFailure {
  if (error instanceof InputError) return 'input';
  return error instanceof PayloadTooLargeError ? 'too large' : 'internal';
}

/** Blocks are moved to the other thread, not copied. */
function buffersOf(reply: DecoderReply): ArrayBuffer[] {
  if (reply.kind === 'failed') return [];
  const blocks: readonly RowBlock[] =
    reply.kind === 'body'
      ? reply.decoded.blocks
      : [...reply.decoded.logs.blocks, ...reply.decoded.traces.blocks];
  return blocks.map(({ bytes }) => bytes.buffer);
}
