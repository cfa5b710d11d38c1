import { InputError } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import { type Formula, labelsIn } from './ast.ts';

/** A formula of a request, with its text. */
export interface NamedFormula {
  readonly text: string;
  readonly formula: Formula;
}

/**
 * The labels of formulas in an order in which each stands behind all that it names.
 *
 * @param labels of all queries of the request, formulas among them
 * @throws InputError, with the place, for a label that there is not, and for a circle, which it names
 */
export function evaluationOrder(
  formulas: ReadonlyMap<string, NamedFormula>,
  labels: readonly string[],
): readonly string[] {
  const done = new Set<string>();
  const visit = (label: string, path: readonly string[]): void => {
    const named = formulas.get(label);
    if (named === undefined || done.has(label)) return;
    for (const { label: needed, span } of labelsIn(named.formula)) {
      const place = { text: named.text, ...span };
      if (!labels.includes(needed)) throw new InputError(`${label}: ${unknownLabel(needed, labels)}`, place);
      const circle = [...path, label];
      const from = circle.indexOf(needed);
      if (from >= 0) {
        const round = [...circle.slice(from), needed].join(' → ');
        throw new InputError(`${label}: these formulas need one another in a circle: ${round}`, place);
      }
      visit(needed, circle);
    }
    done.add(label);
  };
  for (const label of formulas.keys()) visit(label, []);
  return [...done];
}

function unknownLabel(label: string, labels: readonly string[]): string {
  const [near] = nearest(label, labels, 1);
  const guess = near ?? labels.find((one) => one.toLowerCase() === label.toLowerCase());
  const hint = guess === undefined ? '' : ` Did you mean ${guess}?`;
  return `there is no query ${label} in this request.${hint} Its labels are ${labels.join(', ')}`;
}
