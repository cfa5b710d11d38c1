/** An answer of `/api/v1/query` or `/api/v1/query_range`, as its JSON has it. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Body = Readonly<Record<string, unknown>>;

/** How far apart two floats may be, relative to the greater. */
const tolerance = 1e-9;

/**
 * What differs between two answers; undefined where they agree. Series are compared by their labels, their
 * order only where the query sorts. Errors agree when their status does, as texts are each server's own.
 */
export function difference(query: string, theirs: Answer, ours: Answer): string | undefined {
  if (theirs.status !== ours.status)
    return `status: ${theirs.status} and ${ours.status} ${shown(errorOf(theirs) ?? errorOf(ours))}`;
  if (theirs.status !== 200) return undefined;
  const [a, b] = [objectOf(theirs.body), objectOf(ours.body)];
  const [aData, bData] = [objectOf(a.data), objectOf(b.data)];
  if (aData.resultType !== bData.resultType) return `type: ${aData.resultType} and ${bData.resultType}`;
  const isList = aData.resultType === 'vector' || aData.resultType === 'matrix';
  const isSorted = aData.resultType === 'vector' && /^sort_by_label/.test(query);
  const values = isList
    ? differenceOf(ordered(aData.result, isSorted), ordered(bData.result, isSorted), 'result')
    : differenceOf(aData.result, bData.result, 'result');
  return values ?? annotationsDiffer('warnings', a, b) ?? annotationsDiffer('infos', a, b);
}

/** The series of an answer by their labels. */
function ordered(result: unknown, keepOrder: boolean): unknown {
  if (!Array.isArray(result)) return result;
  const entries = result.map((one: unknown) => ({ key: keyOf(objectOf(one).metric), one }));
  if (!keepOrder) entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return entries.map(({ one }) => one);
}

function keyOf(labels: unknown): string {
  return JSON.stringify(Object.entries(objectOf(labels)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of more than ten texts Prometheus shows any ten, and how many it left out. */
function annotationsDiffer(kind: 'warnings' | 'infos', a: Body, b: Body): string | undefined {
  const [theirs, ours] = [sortedTexts(a[kind]), sortedTexts(b[kind])];
  const omission = /^\d+ more \w+ annotations omitted$/;
  const omitted = theirs.filter((text) => omission.test(String(text)));
  if (omitted.length === 0) return differenceOf(theirs, ours, kind);
  return differenceOf(
    omitted,
    ours.filter((text) => omission.test(String(text))),
    kind,
  );
}

function sortedTexts(texts: unknown): readonly unknown[] {
  return Array.isArray(texts) ? [...texts].sort() : [];
}

function differenceOf(a: unknown, b: unknown, path: string): string | undefined {
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length)
      return `${path}: ${a.length} and ${b.length} items: ${shown(a)} and ${shown(b)}`;
    for (let i = 0; i < a.length; i++) {
      const found = differenceOf(a[i], b[i], `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = differenceOf(a[key], b[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return a === b || isClose(a, b) ? undefined : `${path}: ${shown(a)} and ${shown(b)}`;
}

/** Two numbers, or texts that differ in numbers alone, as warnings that quote one do. */
function isClose(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  const [left, right] = [a.split(number), b.split(number)];
  return left.length === right.length && left.every((part, i) => part === right[i] || isNear(part, right[i]));
}

const number = /([+-]?\d+(?:\.\d+)?(?:e[+-]\d+)?)/;

function isNear(a: string, b = ''): boolean {
  const [x, y] = [Number(a || Number.NaN), Number(b || Number.NaN)];
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y));
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Body {
  return isObject(value) ? value : {};
}

function errorOf({ status, body }: Answer): unknown {
  return status === 200 ? undefined : objectOf(body).error;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
