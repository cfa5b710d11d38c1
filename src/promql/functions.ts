import type { ValueType } from './ast.ts';

/** What a function takes and gives. */
export interface FunctionSignature {
  readonly name: string;
  /** The types of the arguments in order; the last one repeats where more are given. */
  readonly args: readonly ValueType[];
  readonly minArgs: number;
  /** Infinity where any number may follow. */
  readonly maxArgs: number;
  readonly returns: 'scalar' | 'vector';
  /** Behind a flag in Prometheus; on here. */
  readonly experimental: boolean;
}

type Shape = Omit<FunctionSignature, 'name' | 'experimental'>;

function takes(args: readonly ValueType[], returns: 'scalar' | 'vector' = 'vector'): Shape {
  return { args, minArgs: args.length, maxArgs: args.length, returns };
}

function atLeast(minArgs: number, args: readonly ValueType[], maxArgs = Number.POSITIVE_INFINITY): Shape {
  return { args, minArgs, maxArgs, returns: 'vector' };
}

const ofVector = takes(['vector']);
const ofMatrix = takes(['matrix']);
const ofTime = atLeast(0, ['vector'], 1);
const constant = takes([], 'scalar');
const choice = takes(['scalar', 'scalar'], 'scalar');

const stable: Readonly<Record<string, Shape>> = {
  abs: ofVector,
  absent: ofVector,
  absent_over_time: ofMatrix,
  acos: ofVector,
  acosh: ofVector,
  asin: ofVector,
  asinh: ofVector,
  atan: ofVector,
  atanh: ofVector,
  avg_over_time: ofMatrix,
  ceil: ofVector,
  changes: ofMatrix,
  clamp: takes(['vector', 'scalar', 'scalar']),
  clamp_max: takes(['vector', 'scalar']),
  clamp_min: takes(['vector', 'scalar']),
  cos: ofVector,
  cosh: ofVector,
  count_over_time: ofMatrix,
  day_of_month: ofTime,
  day_of_week: ofTime,
  day_of_year: ofTime,
  days_in_month: ofTime,
  deg: ofVector,
  delta: ofMatrix,
  deriv: ofMatrix,
  exp: ofVector,
  first_over_time: ofMatrix,
  floor: ofVector,
  histogram_avg: ofVector,
  histogram_count: ofVector,
  histogram_fraction: takes(['scalar', 'scalar', 'vector']),
  histogram_quantile: takes(['scalar', 'vector']),
  histogram_stddev: ofVector,
  histogram_stdvar: ofVector,
  histogram_sum: ofVector,
  hour: ofTime,
  idelta: ofMatrix,
  increase: ofMatrix,
  irate: ofMatrix,
  label_join: atLeast(3, ['vector', 'string', 'string', 'string']),
  label_replace: takes(['vector', 'string', 'string', 'string', 'string']),
  last_over_time: ofMatrix,
  ln: ofVector,
  log10: ofVector,
  log2: ofVector,
  max_over_time: ofMatrix,
  min_over_time: ofMatrix,
  minute: ofTime,
  month: ofTime,
  pi: constant,
  predict_linear: takes(['matrix', 'scalar']),
  present_over_time: ofMatrix,
  quantile_over_time: takes(['scalar', 'matrix']),
  rad: ofVector,
  rate: ofMatrix,
  resets: ofMatrix,
  round: atLeast(1, ['vector', 'scalar'], 2),
  scalar: takes(['vector'], 'scalar'),
  sgn: ofVector,
  sin: ofVector,
  sinh: ofVector,
  sort: ofVector,
  sort_desc: ofVector,
  sqrt: ofVector,
  stddev_over_time: ofMatrix,
  stdvar_over_time: ofMatrix,
  sum_over_time: ofMatrix,
  tan: ofVector,
  tanh: ofVector,
  time: constant,
  timestamp: ofVector,
  vector: takes(['scalar']),
  year: ofTime,
};

const experimental: Readonly<Record<string, Shape>> = {
  double_exponential_smoothing: takes(['matrix', 'scalar', 'scalar']),
  end: constant,
  histogram_quantiles: atLeast(3, ['vector', 'string', 'scalar'], 12),
  info: atLeast(1, ['vector', 'vector'], 2),
  mad_over_time: ofMatrix,
  max_of: choice,
  min_of: choice,
  range: constant,
  sort_by_label: atLeast(1, ['vector', 'string']),
  sort_by_label_desc: atLeast(1, ['vector', 'string']),
  start: constant,
  start_timestamp: ofVector,
  step: constant,
  ts_of_first_over_time: ofMatrix,
  ts_of_last_over_time: ofMatrix,
  ts_of_max_over_time: ofMatrix,
  ts_of_min_over_time: ofMatrix,
};

/** Every function of Prometheus 3 by its name, those behind flags included. */
export const functions: ReadonlyMap<string, FunctionSignature> = new Map(
  [
    ...Object.entries(stable).map(([name, shape]) => ({ name, ...shape, experimental: false })),
    ...Object.entries(experimental).map(([name, shape]) => ({ name, ...shape, experimental: true })),
  ].map((signature) => [signature.name, signature]),
);
