import { InputError } from '../telemetry/input-error.ts';
import type { Span } from './ast.ts';

/** A place in a text as people count it: both from 1, columns in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where an offset (in UTF-16 units) is. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}

/** An error in the text of a query, led by its line and column. */
export function syntaxError(message: string, text: string, { start, end }: Span): InputError {
  const { line, column } = positionAt(text, start);
  return new InputError(`Line ${line}, column ${column}: ${message}`, { text, start, end });
}
