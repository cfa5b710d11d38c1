import { compareText, Labels } from '../../promql/labels.ts';
import { labelLimits } from '../metric-admission.ts';

/** What is wrong with a series as a whole. */
export interface SeriesDefect {
  readonly defect: string;
}

/** Labels of one series as they are read: names and values in turn. */
export class LabelCollector {
  #pairs: string[] = [];
  #defect: string | undefined;

  clear(): void {
    this.#pairs = [];
    this.#defect = undefined;
  }

  /** An undefined text is one that is no UTF-8. */
  add(name: string | undefined, value: string | undefined): void {
    if (name === undefined || value === undefined) this.fail("a label's name or value is not valid UTF-8");
    else if (name === '') this.fail('a label has an empty name');
    else if (this.#pairs.length < 2 * labelLimits.labels) this.#pairs.push(name, value);
    else this.fail(`a series has more than ${labelLimits.labels} labels`);
  }

  /** The first thing that is wrong counts. */
  fail(defect: string): void {
    this.#defect ??= defect;
  }

  /** The set of labels, in whatever order they came. A label without a value is none. */
  labels(): Labels | SeriesDefect {
    if (this.#defect !== undefined) return { defect: this.#defect };
    const pairs = isSorted(this.#pairs) ? this.#pairs : sorted(this.#pairs);
    for (let i = 2; i < pairs.length; i += 2) {
      if (pairs[i] === pairs[i - 2]) return { defect: 'a label occurs twice in a series' };
    }
    return Labels.fromSorted(pairs.includes('') ? withoutEmpty(pairs) : pairs);
  }
}

function isSorted(pairs: readonly string[]): boolean {
  for (let i = 2; i < pairs.length; i += 2) {
    if (compareText(pairs[i - 2] ?? '', pairs[i] ?? '') > 0) return false;
  }
  return true;
}

function sorted(pairs: readonly string[]): string[] {
  return entries(pairs)
    .sort(([a], [b]) => compareText(a, b))
    .flat();
}

const withoutEmpty = (pairs: readonly string[]): string[] =>
  entries(pairs)
    .filter(([, value]) => value !== '')
    .flat();

function entries(pairs: readonly string[]): [name: string, value: string][] {
  const list: [string, string][] = [];
  for (let i = 0; i < pairs.length; i += 2) list.push([pairs[i] ?? '', pairs[i + 1] ?? '']);
  return list;
}
