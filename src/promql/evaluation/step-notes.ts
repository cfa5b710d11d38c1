import type { Span } from '../ast.ts';
import type { Annotations } from './annotations.ts';
import type { Note } from './binary-operators.ts';

/** The notes of an operator's elements: as in Prometheus, only the last one of each step is told. */
export class StepNotes {
  readonly #last: (Note | undefined)[] = [];

  set(step: number, note: Note): void {
    this.#last[step] = note;
  }

  report(annotations: Annotations, span: Span): void {
    for (const note of this.#last) {
      if (note?.severity === 'warning') annotations.warn(note.text, span);
      if (note?.severity === 'info') annotations.inform(note.text, span);
    }
  }
}
