import { z } from 'zod';
import type { ValueType } from '../../promql/ast.ts';
import type { Histogram } from '../../promql/histogram.ts';
import { Labels } from '../../promql/labels.ts';
import type { MatrixSeries, QueryValue, VectorSample } from '../../promql/query-result.ts';
import { StoreError } from '../store-error.ts';
import { histogramAnswer, histogramFrom } from './histogram-answer.ts';
import { labelSet } from './label-set.ts';
import { millisecondsOf, numberOf } from './number-answer.ts';

// Samples are checked while they are read: a list may have a million.
const samples = z.custom<readonly unknown[]>(Array.isArray);

/** What `/query` and `/query_range` answer. */
export const queryAnswer = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: z.tuple([z.number(), z.string()]) }),
  z.object({ resultType: z.literal('string'), result: z.tuple([z.number(), z.string()]) }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({
        metric: labelSet,
        value: z.tuple([z.number(), z.string()]).optional(),
        histogram: z.tuple([z.number(), histogramAnswer]).optional(),
      }),
    ),
  }),
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({ metric: labelSet, values: samples.optional(), histograms: samples.optional() }),
    ),
  }),
]);
export type QueryAnswer = z.output<typeof queryAnswer>;

/**
 * The value of an answer; series of a range query are ordered by labels.
 *
 * @param type that of the expression: VictoriaMetrics makes a vector of a scalar
 */
export function queryValue(answer: QueryAnswer, type: ValueType, isRange: boolean): QueryValue {
  switch (answer.resultType) {
    case 'scalar':
      return { type: 'scalar', result: numberOf(answer.result[1]) };
    case 'string':
      return { type: 'string', result: answer.result[1] };
    case 'vector': {
      const result = answer.result.map(vectorSample);
      if (type === 'scalar') return { type: 'scalar', result: result[0]?.value ?? Number.NaN };
      return { type: 'vector', result };
    }
    case 'matrix': {
      const result = answer.result.map(matrixSeries);
      if (isRange) result.sort((a, b) => a.labels.compare(b.labels));
      return { type: 'matrix', result };
    }
  }
}

type Vector = Extract<QueryAnswer, { resultType: 'vector' }>['result'][number];
type Matrix = Extract<QueryAnswer, { resultType: 'matrix' }>['result'][number];

function vectorSample({ metric, value, histogram }: Vector): VectorSample {
  const labels = Labels.from(metric);
  if (histogram !== undefined) return { labels, value: 0, histogram: histogramFrom(histogram[1]) };
  if (value === undefined) throw new StoreError('internal', 'a sample of the answer has no value');
  return { labels, value: numberOf(value[1]), histogram: undefined };
}

function matrixSeries({ metric, values = [], histograms = [] }: Matrix): MatrixSeries {
  const labels = Labels.from(metric);
  const floats = values.map((sample) => readSample(sample, numberFrom));
  if (histograms.length === 0) {
    return {
      labels,
      timestamps: Float64Array.from(floats, ({ time }) => time),
      values: Float64Array.from(floats, ({ value }) => value),
      histograms: undefined,
    };
  }
  const both: { time: number; value: number | Histogram }[] = [
    ...floats,
    ...histograms.map((sample) => readSample(sample, histogramOf)),
  ];
  both.sort((a, b) => a.time - b.time);
  return {
    labels,
    timestamps: Float64Array.from(both, ({ time }) => time),
    values: Float64Array.from(both, ({ value }) => (typeof value === 'number' ? value : 0)),
    histograms: both.map(({ value }) => (typeof value === 'number' ? undefined : value)),
  };
}

function readSample<T>(sample: unknown, read: (value: unknown) => T): { time: number; value: T } {
  if (!Array.isArray(sample) || typeof sample[0] !== 'number') {
    throw new StoreError('internal', 'a sample of the answer has no time');
  }
  return { time: millisecondsOf(sample[0]), value: read(sample[1]) };
}

function numberFrom(value: unknown): number {
  if (typeof value !== 'string') throw new StoreError('internal', 'a sample of the answer has no value');
  return numberOf(value);
}

function histogramOf(value: unknown): Histogram {
  const parsed = histogramAnswer.safeParse(value);
  if (!parsed.success) throw new StoreError('internal', 'a sample of the answer has no histogram');
  return histogramFrom(parsed.data);
}
