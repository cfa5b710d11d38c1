import protobuf from 'protobufjs/minimal.js';
import type { BatchCounts } from './batch.ts';
import type { Encoding } from './content.ts';
import type { ExportSignal } from './export-signal.ts';
import type { Count } from './tally.ts';

type Payload = Uint8Array | string;

/**
 * The body of an Export…ServiceResponse: empty on full success, with `partial_success` where records were
 * rejected or something should be known. https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function exportResponse(
  encoding: Encoding,
  signal: ExportSignal,
  result: Omit<BatchCounts, 'accepted'>,
): Payload {
  const message = partialSuccessMessage(result);
  if (encoding === 'json') {
    if (message === '') return '{}';
    const partialSuccess = { [rejectedFields[signal]]: String(result.rejected), errorMessage: message };
    return JSON.stringify({ partialSuccess });
  }
  const writer = protobuf.Writer.create();
  if (message === '') return writer.finish();
  writer.uint32((1 << 3) | 2).fork();
  if (result.rejected > 0) writer.uint32((1 << 3) | 0).int64(result.rejected);
  writer.uint32((2 << 3) | 2).string(message);
  return writer.ldelim().finish();
}

const rejectedFields: Readonly<Record<ExportSignal, string>> = {
  logs: 'rejectedLogRecords',
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
};

/** A google.rpc.Status, which OTLP wants as the body of every answer that is no success. */
export function statusResponse(encoding: Encoding, httpStatus: number, message: string): Payload {
  const code = rpcCodes[httpStatus] ?? 2;
  if (encoding === 'json') return JSON.stringify({ code, message });
  return protobuf.Writer.create()
    .uint32((1 << 3) | 0)
    .int32(code)
    .uint32((2 << 3) | 2)
    .string(message)
    .finish();
}

/** google.rpc.Code: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const rpcCodes: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 5, // NOT_FOUND
  405: 12, // UNIMPLEMENTED
  413: 8, // RESOURCE_EXHAUSTED
  415: 3,
  429: 8,
  500: 13, // INTERNAL
  503: 14, // UNAVAILABLE
};

function partialSuccessMessage({ rejected, rejections, warnings }: Omit<BatchCounts, 'accepted'>): string {
  const parts = [];
  if (rejected > 0) parts.push(`${rejected} rejected: ${listed(rejections)}`);
  if (warnings.length > 0) parts.push(`stored, but: ${listed(warnings)}`);
  return parts.join('; ');
}

const listed = (counts: readonly Count[]): string =>
  counts.map(({ reason, count }) => `${reason} (${count})`).join(', ');
