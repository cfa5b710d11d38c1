import type { Aggregate } from '../ast.ts';
import type { Labels } from '../labels.ts';
import { type Context, evaluationError } from './context.ts';
import * as messages from './messages.ts';
import { ABSENT, type StepSeries, StepSeriesBuilder } from './step-series.ts';
import { xxhash64 } from './xxhash.ts';

/**
 * `limit_ratio`: a share of the series, chosen by a hash of their labels, so that it is the same at each
 * step and for each query. −0.2 is what 0.8 leaves.
 */
export function limitRatio(
  { param, span }: Aggregate,
  series: readonly StepSeries[],
  ratios: Float64Array,
  context: Context,
): StepSeries[] {
  if (ratios.every((ratio) => ratio === 0)) return [];
  const place = (param ?? { span }).span;
  if (ratios.some(Number.isNaN)) throw evaluationError(context, 'Ratio value is NaN', place);
  const largest = ratios.reduce((a, b) => Math.max(a, b));
  const least = ratios.reduce((a, b) => Math.min(a, b));
  if (largest > 1) context.annotations.warn(messages.invalidRatio(largest, 1), place);
  if (least < -1) context.annotations.warn(messages.invalidRatio(least, -1), place);
  return series.flatMap((one) => {
    const share = hashShare(one.labels);
    const builder = new StepSeriesBuilder(ratios.length);
    ratios.forEach((ratio, step) => {
      if (one.kinds[step] !== ABSENT && isInRatio(share, ratio)) builder.copy(step, one);
    });
    return builder.isEmpty ? [] : [builder.build(one.labels, one.dropName)];
  });
}

function isInRatio(share: number, ratio: number): boolean {
  if (ratio === 0) return false;
  return ratio > 0 ? share < Math.min(ratio, 1) : share >= 1 + Math.max(ratio, -1);
}

/** A number from 0 to 1 by the hash of labels, the same as in Prometheus. */
function hashShare(labels: Labels): number {
  return Number(xxhash64(encodeLabels(labels))) / 2 ** 64;
}

/** Names and values in turn, each led by its length: one byte, or from 255 on the byte 255 and three more. */
function encodeLabels(labels: Labels): Uint8Array {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const text of labels.pairs) {
    const encoded = encoder.encode(text);
    const { length } = encoded;
    if (length < 255) bytes.push(length);
    else bytes.push(255, length & 255, (length >> 8) & 255, (length >> 16) & 255);
    for (const byte of encoded) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
