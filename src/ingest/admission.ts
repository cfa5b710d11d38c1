import type { Limits } from '../access/principal.ts';
import {
  attribute,
  type LogRecord,
  type Origin,
  type SpanLink,
  type SpanRecord,
} from '../store/rows/record.ts';

const day = 86_400_000_000_000n;
/** 2262-01-01T00:00:00Z: later in that year DateTime64(9) ends. */
const endOfTime = BigInt(Date.UTC(2262, 0, 1)) * 1_000_000n;

const noTraceId = '0'.repeat(32);
const noSpanId = '0'.repeat(16);

/**
 * What becomes of a record: a record to store (the same, or one that was put right, and a warning about
 * that), or the reason why it is rejected.
 */
export type Admission<R> =
  | {
      readonly record: R;
      readonly warning?: string;
      /** It has no time of its own: the same record sent again is another event. */
      readonly atArrival?: true;
    }
  | { readonly rejection: string };

/** Why no record of this origin may be stored with a key of these limits; undefined if they may. */
export function originRejection({ resource, defect }: Origin, limits: Limits): string | undefined {
  return (
    defect ??
    outside('k8s.namespace.name', 'namespace', limits.namespaces, resource.attributes) ??
    outside('k8s.cluster.name', 'cluster', limits.clusters, resource.attributes)
  );
}

function outside(
  key: string,
  noun: string,
  allowed: readonly string[] | undefined,
  attributes: readonly string[],
): string | undefined {
  if (allowed === undefined) return undefined;
  const value = attribute(attributes, key) ?? '';
  if (value === '') return `the key is limited to ${noun}s, and the resource has no ${key}`;
  return allowed.includes(value) ? undefined : `the key may not write ${noun} ${JSON.stringify(value)}`;
}

/**
 * A log record is stored under its time, else the time it was observed, else its arrival. Ids that are
 * none are left out.
 */
export function admitLog(record: LogRecord, arrival: bigint): Admission<LogRecord> {
  if (record.defect !== undefined) return { rejection: record.defect };
  const time = record.time || record.observedTime || arrival;
  const rejection = timeRejection('a time', time, arrival);
  if (rejection !== undefined) return { rejection };
  const traceId = isId(record.traceId, noTraceId) ? record.traceId : '';
  const spanId = isId(record.spanId, noSpanId) ? record.spanId : '';
  if (time === record.time && traceId === record.traceId && spanId === record.spanId) return { record };
  const admitted = { ...record, time, traceId, spanId };
  const dropped =
    isWrong(record.traceId, noTraceId) || isWrong(record.spanId, noSpanId)
      ? 'a trace id that is not 16 bytes, or a span id that is not 8 bytes, was left out'
      : undefined;
  return {
    record: admitted,
    ...(dropped !== undefined && { warning: dropped }),
    ...(!record.time && !record.observedTime && { atArrival: true }),
  };
}

/** A span needs a start and valid ids of its own; ids of links that are none are left out. */
export function admitSpan(span: SpanRecord, arrival: bigint): Admission<SpanRecord> {
  const rejection = span.defect ?? spanTimeRejection(span, arrival) ?? spanIdRejection(span);
  if (rejection !== undefined) return { rejection };
  const parentSpanId = span.parentSpanId === noSpanId ? '' : span.parentSpanId;
  const sound = span.links.every(isSoundLink);
  if (sound && parentSpanId === span.parentSpanId) return { record: span };
  if (sound) return { record: { ...span, parentSpanId } };
  return {
    record: { ...span, parentSpanId, links: span.links.map(withSoundIds) },
    warning: 'an invalid id of a span link was left out',
  };
}

function spanTimeRejection(span: SpanRecord, arrival: bigint): string | undefined {
  if (span.start === 0n) return 'a span has no start time';
  let rejection =
    timeRejection('a start time', span.start, arrival) ?? timeRejection('an end time', span.end, arrival);
  for (const event of span.events) rejection ??= timeRejection("an event's time", event.time, arrival);
  return rejection;
}

function spanIdRejection({ traceId, spanId, parentSpanId }: SpanRecord): string | undefined {
  if (!isId(traceId, noTraceId)) {
    return 'a trace id is not 16 bytes (in JSON 32 hexadecimal digits), or it is all zeros';
  }
  if (!isId(spanId, noSpanId)) {
    return 'a span id is not 8 bytes (in JSON 16 hexadecimal digits), or it is all zeros';
  }
  return isWrong(parentSpanId, noSpanId) ? 'a parent span id is not 8 bytes' : undefined;
}

function timeRejection(name: string, time: bigint, arrival: bigint): string | undefined {
  if (time < 0n) return `${name} is before 1970`;
  if (time >= endOfTime) return `${name} is after 2261`;
  return time > arrival + day ? `${name} is more than one day ahead of the server's clock` : undefined;
}

/** `none` is the id that is all zeros, which W3C and OTLP call invalid. */
const isId = (id: string, none: string): boolean => id.length === none.length && id !== none;

/** An empty id and one that is all zeros say that there is none, and nothing is lost with them. */
const isWrong = (id: string, none: string): boolean => id !== '' && id.length !== none.length;

const isSoundLink = ({ traceId, spanId }: SpanLink): boolean =>
  isId(traceId, noTraceId) && isId(spanId, noSpanId);

const withSoundIds = (link: SpanLink): SpanLink => ({
  ...link,
  traceId: isId(link.traceId, noTraceId) ? link.traceId : '',
  spanId: isId(link.spanId, noSpanId) ? link.spanId : '',
});
