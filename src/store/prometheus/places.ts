import { children, type Expr } from '../../promql/ast.ts';
import { parseQuery } from '../../promql/parser.ts';
import { positionAt } from '../../promql/syntax-error.ts';

/** A query as it was sent, and the text and tree of which it was made. */
export interface SentQuery {
  readonly sent: string;
  readonly text: string;
  readonly expr: Expr;
}

const place = / \((\d+):(\d+)\)$/;

/**
 * Moves the place at the end of a warning, `(line:column)`, from the query that was sent to the client's own
 * text; where no part of that text begins there, the place is left out. A query that was sent as it was
 * written keeps its places.
 */
export function createPlaceMapper({ sent, text, expr }: SentQuery): (warning: string) => string {
  if (sent === text) return (warning) => warning;
  let places: ReadonlyMap<string, string> | undefined;
  return (warning) => {
    const [found] = place.exec(warning) ?? [];
    if (found === undefined) return warning;
    places ??= placesOf(parseQuery(sent), sent, expr, text);
    return `${warning.slice(0, -found.length)}${places.get(found) ?? ''}`;
  };
}

/** Where each part of a query that was printed begins, and where it began in the text. */
function placesOf(printed: Expr, sent: string, expr: Expr, text: string): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const add = (from: number, to: number): void => {
    places.set(suffix(sent, from), suffix(text, to));
  };
  const visit = (a: Expr, b: Expr): void => {
    const parts = children(b);
    // The innermost part that begins at a place is the last one to be added.
    add(a.span.start, b.span.start);
    if (a.kind === 'binary' && b.kind === 'binary') add(a.opSpan.start, b.opSpan.start);
    children(a).forEach((child, i) => {
      const original = parts[i];
      if (original !== undefined) visit(child, original);
    });
  };
  visit(printed, expr);
  return places;
}

function suffix(text: string, offset: number): string {
  const { line, column } = positionAt(text, offset);
  return ` (${line}:${column})`;
}
