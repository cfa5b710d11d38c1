import type { Result } from '../../query/results.ts';
import {
  answerJson,
  answerText,
  cutNotes,
  type JsonParts,
  type Presentation,
  type TextParts,
} from './answer.ts';
import { type Dimension, fitToBudget, type Limits } from './budget.ts';
import { Untrusted } from './untrusted.ts';

/** What is to be answered, and what may be less of it. */
export interface Frame<Name extends string> {
  readonly result: Pick<Result, 'now' | 'notes'>;
  readonly presentation: Presentation;
  readonly dimensions: readonly Dimension<Name>[];
  /** What the reader can ask for instead, where values are cut. */
  readonly howToNarrow: string;
}

/** Lays an answer out within limits; telemetry in it has to go through `untrusted`. */
type Layout<Name extends string, Parts> = (limits: Limits<Name>, untrusted: Untrusted) => Parts;

/** The parts of a compact answer; `footnotes` stand behind the note on values that are cut. */
export interface FittedParts extends Omit<TextParts, 'more'> {
  readonly footnotes?: readonly string[];
}

/** The fullest compact text of a layout that keeps to the budget, with a note on values that are cut. */
export function fittedText<Name extends string>(
  frame: Frame<Name>,
  layout: Layout<Name, FittedParts>,
): string {
  return fitted(frame, layout, ({ head, data, notes, footnotes = [] }, cuts) =>
    answerText(
      { head, data, notes: [...notes, ...cuts, ...footnotes], more: [] },
      frame.result,
      frame.presentation,
    ),
  );
}

/** The fullest JSON of a layout that keeps to the budget, with a note on values that are cut. */
export function fittedJson<Name extends string>(frame: Frame<Name>, layout: Layout<Name, JsonParts>): string {
  return fitted(frame, layout, ({ body, notes }, cuts) =>
    answerJson(body, [...notes, ...cuts], frame.result, frame.presentation),
  );
}

function fitted<Name extends string, Parts>(
  { presentation: { maxTokens }, dimensions, howToNarrow }: Frame<Name>,
  layout: Layout<Name, Parts>,
  answer: (parts: Parts, cuts: readonly string[]) => string,
): string {
  // Lengths of texts are measured once for all layouts that are tried.
  const lengths = new Map<string, number>();
  return fitToBudget(dimensions, maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const parts = layout(limits, untrusted);
    return answer(parts, cutNotes(untrusted.cut, maxTokens, howToNarrow));
  });
}
