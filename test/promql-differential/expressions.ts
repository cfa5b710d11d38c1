import { functions } from '../../src/promql/functions.ts';
import type { Random } from './random.ts';
import { dataStart, interval, sampleCount } from './test-data.ts';

/** A question to both. Times in milliseconds since the epoch; an instant query has the step 0. */
export interface TestQuery {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

const floats = [
  'http_requests_total',
  'temperature',
  'other',
  'latency_bucket',
  'latency_count',
  'target_info',
] as const;
const histograms = ['native_total', 'gauge_hist', 'custom_total', 'mixed'] as const;

/** Functions of one vector that need no more than a vector. Those of dates come below. */
const dates = [
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'year',
];
const ofVector = named((name, { args, minArgs, maxArgs }) => {
  const isPlain = args.length === 1 && args[0] === 'vector' && minArgs === 1 && maxArgs === 1;
  return isPlain && !dates.includes(name) && name !== 'scalar' && name !== 'start_timestamp';
});
/** Functions that make something else of a number whose last digit differs. */
const ofStored: readonly string[] = ['ceil', 'cos', 'floor', 'sgn', 'sin', 'tan'];
const ofMatrix = named((_, { args, maxArgs }) => args.length === 1 && args[0] === 'matrix' && maxArgs === 1);

function named(
  accept: (name: string, signature: { args: readonly string[]; minArgs: number; maxArgs: number }) => boolean,
): [string, ...string[]] {
  const names = [...functions.values()].filter((one) => accept(one.name, one)).map(({ name }) => name);
  const [first = '', ...rest] = names;
  return [first, ...rest];
}

/**
 * A random query over the test data, an instant one or one over a range.
 *
 * What Prometheus leaves to the order of series is asked in a way that no order changes: `limitk` only for
 * the number of series, `topk` and `bottomk` of values without ties, `sort_by_label` where all have the labels.
 * Functions of dates get times, as numbers beyond 64 bits have no date. What makes something else of a number
 * when its last digit differs (rounding, remainders, labels of values, a cosine) is asked of numbers as they
 * were stored, or nearly so.
 */
export function generateQuery(random: Random): TestQuery {
  const expressions = new Expressions(random);
  const depth = 1 + random.below(3);
  const query = random.chance(0.95) ? expressions.vector(depth) : expressions.scalar(depth);
  const start = dataStart + interval * random.below(sampleCount + 4) + random.pick([0, 0, 0, 1, 14_999, -1]);
  if (random.chance(0.35)) return { query, start, end: start, step: 0 };
  const step = random.pick([30_000, 60_000, 15_000, 47_000]);
  return { query, start, end: start + step * random.below(20), step };
}

class Expressions {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  #metric(): string {
    return this.#random.chance(0.65) ? this.#random.pick(floats) : this.#random.pick(histograms);
  }

  #matchers(): string {
    if (this.#random.chance(0.6)) return '';
    const matcher = this.#random.pick([
      'job="api"',
      'job!="api"',
      'instance=~"0|1"',
      'instance!~"1.*"',
      'nope=""',
      'job=~".+",instance="2"',
      'job=~"(?i)API"',
    ]);
    return `{${matcher}}`;
  }

  #time(): string {
    const random = this.#random;
    const seconds = dataStart / 1000;
    const at = random.pick(['start()', 'end()', String(seconds + 600), `${seconds + 1200}.5`, '0']);
    const offset = random.pick(['30s', '-1m', '5m', '45s', 'step()', '-7s', '(1m + step())', '-range()']);
    return `${random.chance(0.1) ? ` @ ${at}` : ''}${random.chance(0.15) ? ` offset ${offset}` : ''}`;
  }

  #range(): string {
    return this.#random.pick([
      '1m',
      '2m',
      '5m',
      '30s',
      '45s',
      '7m',
      '1m1ms',
      '150',
      'step() + 1m',
      '10m',
      'max_of(2m, step() * 3)',
    ]);
  }

  #selector(): string {
    return this.#metric() + this.#matchers() + this.#time();
  }

  #labels(): string {
    return this.#random.pick([
      '(job)',
      '(instance)',
      '(job, instance)',
      '()',
      '(code, extra)',
      '(nope)',
      '(le)',
    ]);
  }

  #grouping(): string {
    return this.#random.chance(0.7) ? ` ${this.#random.pick(['by', 'without'])} ${this.#labels()} ` : '';
  }

  #matrix(depth: number): string {
    const random = this.#random;
    if (depth > 0 && random.chance(0.15)) {
      const range = random.pick(['3m', '5m', '10m']);
      const step = random.pick(['', '1m', '30s', '47s', 'step() + 10s']);
      return `(${this.vector(depth - 1)})[${range}:${step}]${this.#time()}`;
    }
    return `${this.#metric()}${this.#matchers()}[${this.#range()}]${this.#time()}`;
  }

  scalar(depth: number): string {
    const random = this.#random;
    const kind = random.below(9);
    if (depth <= 0 || kind < 5) {
      return random.pick([
        '0',
        '1',
        '2',
        '0.5',
        '-1',
        '3.7',
        'NaN',
        'Inf',
        '5m',
        '0.9',
        '10',
        '0x1f',
        '1e-3',
      ]);
    }
    if (kind === 5) return `scalar(${this.vector(depth - 1)})`;
    if (kind === 6) return random.pick(['time()', 'pi()', 'step()', 'range()', 'start()', 'end()']);
    if (kind === 7) {
      const op = random.pick(['+', '-', '*', '/', '%', '^', 'atan2', '> bool', '== bool', '<= bool']);
      const [left, right] = [
        this.scalar(op === '%' ? 0 : depth - 1),
        this.scalar(op === '%' ? 0 : depth - 1),
      ];
      return `(${left} ${op} ${right})`;
    }
    return `${random.pick(['min_of', 'max_of'])}(${this.scalar(depth - 1)}, ${this.scalar(depth - 1)})`;
  }

  vector(depth: number): string {
    const random = this.#random;
    const kind = depth <= 0 ? 0 : random.below(16);
    if (kind < 2) return this.#selector();
    if (kind < 5) return this.#aggregation(depth);
    if (kind < 8) return this.#overTime(depth);
    if (kind < 10) return this.#ofVector(depth);
    if (kind < 12) return this.#special(depth);
    if (kind === 12) return `${random.pick(['-', '+'])}${this.vector(depth - 1)}`;
    if (kind === 13) return this.#setOperation(depth);
    if (kind === 14) return this.#withScalar(depth);
    return this.#binary(depth);
  }

  #aggregation(depth: number): string {
    const random = this.#random;
    const grouping = this.#grouping();
    const kind = random.below(12);
    if (kind < 5) {
      const op = random.pick(['sum', 'avg', 'count', 'min', 'max', 'group', 'stddev', 'stdvar']);
      return `${op}${grouping}(${this.vector(depth - 1)})`;
    }
    if (kind < 7) return `sum${grouping}(rate(${this.#matrix(depth - 1)}))`;
    const param = random.chance(0.8)
      ? random.pick(['1', '2', '3', '0.5', '-0.5', '0', '1.5'])
      : this.scalar(depth - 1);
    switch (kind) {
      case 7:
        return `quantile${grouping}(${param}, ${this.vector(depth - 1)})`;
      case 8:
        return `limit_ratio${grouping}(${param}, ${this.vector(depth - 1)})`;
      case 9:
        return `count${grouping}(limitk${grouping}(${param}, ${this.#metric()}))`;
      case 10:
        return `${random.pick(['topk', 'bottomk'])}${grouping}(${param}, ${this.#withoutTies()})`;
      default:
        return `count_values${grouping}("v", ${random.pick([this.#selector(), `round(${this.vector(depth - 1)})`])})`;
    }
  }

  #withoutTies(): string {
    const selector = `temperature${this.#matchers()}`;
    const overTime = this.#random.pick(['avg', 'sum']);
    return this.#random.chance(0.5) ? selector : `${overTime}_over_time(${selector}[2m])`;
  }

  #overTime(depth: number): string {
    const random = this.#random;
    if (random.chance(0.12)) {
      const counters = ['http_requests_total', 'temperature', 'native_total', 'latency_count'] as const;
      const extension = random.pick(['anchored', 'smoothed']);
      const range = `${random.pick(counters)}${this.#matchers()}[${this.#range()}] ${extension}`;
      const functionsOfThem =
        extension === 'anchored'
          ? (['rate', 'increase', 'delta', 'changes', 'resets'] as const)
          : (['rate', 'increase', 'delta'] as const);
      return `${random.pick(functionsOfThem)}(${range}${this.#time()})`;
    }
    if (random.chance(0.1))
      return `quantile_over_time(${this.scalar(depth - 1)}, ${this.#matrix(depth - 1)})`;
    if (random.chance(0.06)) return `predict_linear(${this.#matrix(depth - 1)}, ${this.scalar(depth - 1)})`;
    if (random.chance(0.05)) return `double_exponential_smoothing(${this.#matrix(depth - 1)}, 0.3, 0.6)`;
    return `${random.pick(ofMatrix)}(${this.#matrix(depth - 1)})`;
  }

  #ofVector(depth: number): string {
    const random = this.#random;
    if (random.chance(0.1)) {
      const argument = random.pick([
        '',
        `timestamp(${this.#selector()})`,
        `vector(time())`,
        'http_requests_total * 9e5',
      ]);
      return `${random.pick(['day_of_month', 'day_of_week', 'day_of_year', 'days_in_month', 'hour', 'minute', 'month', 'year'])}(${argument})`;
    }
    const name = random.pick(ofVector);
    return `${name}(${ofStored.includes(name) ? this.#selector() : this.vector(depth - 1)})`;
  }

  #special(depth: number): string {
    const random = this.#random;
    const inner = () => this.vector(depth - 1);
    const number = () => this.scalar(depth - 1);
    const histogram = () =>
      random.pick([
        'native_total',
        'custom_total',
        'latency_bucket',
        'mixed',
        'gauge_hist',
        'sum by (job, le) (rate(latency_bucket[5m]))',
        'sum by (job) (rate(native_total[3m]))',
        'sum(custom_total)',
      ]);
    switch (random.below(12)) {
      case 0:
        return `histogram_quantile(${number()}, ${histogram()})`;
      case 1: {
        const [lower, upper] = [
          random.pick(['0', '-1', '-Inf', '0.2']),
          random.pick(['1', '2', 'Inf', '0.7']),
        ];
        return `histogram_fraction(${lower}, ${upper}, ${histogram()})`;
      }
      case 2:
        return `histogram_quantiles(${histogram()}, "q", 0.5, 0.9)`;
      case 3:
        return `clamp(${inner()}, ${number()}, ${number()})`;
      case 4:
        return `clamp_${random.pick(['min', 'max'])}(${inner()}, ${number()})`;
      case 5: {
        const target = random.pick(['new', 'job', 'instance', '__name__']);
        const replacement = random.pick(['$1-x', '', 'c', '$2$1']);
        const [source, pattern] = [
          random.pick(['job', 'instance', 'nope']),
          random.pick(['(.*)', 'a(.*)', '']),
        ];
        return `label_replace(${inner()}, "${target}", "${replacement}", "${source}", "${pattern}")`;
      }
      case 6:
        return `label_join(${inner()}, "${random.pick(['new', 'job'])}", "-", "job", "instance")`;
      case 7:
        return `info(${this.#selector()}${random.pick([', {version=~".+"}', ', {region="eu"}', ''])})`;
      case 8:
        return `vector(${number()})`;
      case 9:
        return `sort_by_label${random.pick(['', '_desc'])}(${this.#selector()}, "instance", "job")`;
      case 10:
        return `round(${this.#selector()}, ${random.pick(['5', '0.1', '0', '-2', number()])})`;
      default:
        return `absent(${this.#metric()}{job="${random.pick(['api', 'none'])}", x=~"y"})`;
    }
  }

  #setOperation(depth: number): string {
    const random = this.#random;
    const on = random.pick(['', ' on (job)', ' ignoring (instance)', ' on (job, instance)', ' on ()']);
    const op = random.pick(['and', 'or', 'unless']);
    return `(${this.vector(depth - 1)} ${op}${on} ${this.vector(depth - 1)})`;
  }

  #withScalar(depth: number): string {
    const random = this.#random;
    const arithmetic = ['+', '-', '*', '/', '%', '^', 'atan2'] as const;
    const comparisons = ['==', '!=', '>', '<', '>=', '<= bool', '> bool'] as const;
    const op = random.pick([...arithmetic, ...comparisons, '</', '>/']);
    const inner = op === '%' ? 0 : depth - 1;
    const [vector, scalar] = [this.vector(inner), this.scalar(inner)];
    return random.chance(0.7) ? `(${vector} ${op} ${scalar})` : `(${scalar} ${op} ${vector})`;
  }

  #binary(depth: number): string {
    const random = this.#random;
    const op = random.pick([
      '+',
      '-',
      '*',
      '/',
      '%',
      '^',
      'atan2',
      '==',
      '!=',
      '>',
      '<',
      '>= bool',
      '== bool',
    ]);
    if (op !== '%' && random.chance(0.4))
      return `(${this.vector(depth - 1)} ${op}${this.#matching()} ${this.vector(depth - 1)})`;
    const metric = this.#metric();
    const other = random.chance(0.5) ? metric : this.#metric();
    const matching = random.chance(0.5) ? this.#matching() : '';
    return `(${metric}${this.#matchers()} ${op}${matching} ${other}${this.#matchers()})`;
  }

  #matching(): string {
    const random = this.#random;
    const matching = random.pick([
      '',
      '',
      ' on (job, instance)',
      ' ignoring (code, extra, version, region, le)',
      ' on (job, instance) group_left (version)',
      ' on (job) group_right ()',
      ' on ()',
      ' ignoring (code, extra) group_left (extra)',
    ]);
    if (!random.chance(0.12)) return matching;
    return (
      matching +
      random.pick([' fill (0)', ' fill_left (1)', ' fill_right (-2)', ' fill_left (3) fill_right (4)'])
    );
  }
}
