import { children, type DurationExpr, type Expr } from '../../promql/ast.ts';
import { functions } from '../../promql/functions.ts';
import { InputError } from '../../telemetry/input-error.ts';

/**
 * What Prometheus and VictoriaMetrics say of a query that can't be evaluated on these series: written for
 * whoever asks, and made of the query and the series that it reads. Nothing around them is passed on.
 */
const evaluationErrors: readonly RegExp[] = [
  /found duplicate series for the match group .*matching labels must be unique on one side/s,
  /multiple matches for labels: (?:many-to-one matching must be explicit \(group_left\/group_right\)|grouping labels must ensure unique matches)/,
  /vector cannot contain metrics with the same labelset/,
  /duplicate time ?series on the (?:left|right) side of .*/s,
  /duplicate (?:output )?time ?series: .*/s,
  /(?:Parameter|Ratio) value is NaN/,
  /Scalar value \S+ (?:over|under)flows int64/,
  /invalid (?:destination )?label name .*/,
  /this should be an info metric, with float samples: .*/,
  /(?:anchored|smoothed) modifier is not supported with histograms/,
];

const longestText = 1_000;

/**
 * Why a store does not evaluate a query that is valid PromQL, for the client; undefined where the text is of
 * no kind that is known.
 */
export function explainRefusal(text: string, expr: Expr): InputError | undefined {
  for (const pattern of evaluationErrors) {
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) {
      const shown = found.length > longestText ? `${found.slice(0, longestText)}…` : found;
      return new InputError(`The query can't be evaluated: ${shown}`, undefined, { quotesTelemetry: true });
    }
  }
  const [, name] = /(?:unknown|unsupported) func(?:tion)?(?: with name)?:? ["`]?(\w+)/.exec(text) ?? [];
  if (name !== undefined && functions.has(name)) {
    return new InputError(`The metrics store has no ${name}(). Write the query without it.`);
  }
  const isNotUnderstood =
    /parse error|cannot parse|can't parse|not enabled|is disabled|unsupported|unexpected/i.test(text);
  if (!isNotUnderstood) return undefined;
  const features = [...featuresThatStoresLack(expr)];
  const used =
    features.length === 0
      ? ''
      : ` It uses ${features.join(', ')}: a store may lack that, or have it switched off.`;
  return new InputError(
    `The metrics store does not understand this query, although it is PromQL of Prometheus 3.${used} Write it in another way.`,
  );
}

/** What a query uses that not every store has: Prometheus has it behind flags or in its newest versions. */
function featuresThatStoresLack(expr: Expr, found: Set<string> = new Set()): Set<string> {
  switch (expr.kind) {
    case 'vectorSelector':
      if (expr.extension !== undefined) found.add(expr.extension);
      if (isComputed(expr.offset)) found.add('duration expressions');
      if (expr.matchers.some(({ label }) => !/^[a-zA-Z_]\w*$/.test(label))) found.add('quoted label names');
      break;
    case 'matrixSelector':
      if (isComputed(expr.range)) found.add('duration expressions');
      break;
    case 'subquery':
      if ([expr.range, expr.step, expr.offset].some(isComputed)) found.add('duration expressions');
      break;
    case 'call':
      if (functions.get(expr.name)?.experimental || expr.name.startsWith('histogram_'))
        found.add(`${expr.name}()`);
      break;
    case 'aggregate':
      if (expr.op === 'limitk' || expr.op === 'limit_ratio') found.add(`${expr.op}()`);
      break;
    case 'binary':
      if (expr.matching?.fillLeft !== undefined || expr.matching?.fillRight !== undefined) found.add('fill');
      if (expr.op === '</' || expr.op === '>/') found.add(expr.op);
      break;
  }
  for (const child of children(expr)) featuresThatStoresLack(child, found);
  return found;
}

function isComputed(duration: DurationExpr | undefined): boolean {
  return duration !== undefined && duration.kind !== 'literal';
}
