import { type MatchGroup, matchGroups } from '../../telemetry/series.ts';
import type { Binary, VectorMatching } from '../ast.ts';
import type { Labels } from '../labels.ts';
import { isArithmetic } from './binary-operators.ts';
import { combinePair } from './binary-pair.ts';
import { type Context, evaluationError, seriesError } from './context.ts';
import type { Grid } from './grid.ts';
import { mergeSameLabels, SAME_LABELS } from './merge.ts';
import { StepNotes } from './step-notes.ts';
import { ABSENT, constantSeries, FLOAT, StepColumns, type StepSeries } from './step-series.ts';
import { type Signatures, signatures } from './vector-signatures.ts';

/** An arithmetic, comparison or trim operator between two instant vectors. */
export async function combineVectors(
  node: Binary,
  matching: VectorMatching,
  left: readonly StepSeries[],
  right: readonly StepSeries[],
  grid: Grid,
  context: Context,
): Promise<readonly StepSeries[]> {
  const matcher = new VectorMatcher(node, matching, left, right, grid, context);
  await matcher.run();
  return matcher.result();
}

/**
 * Matches the series of one side with those of the other that has one series for each match group, and
 * combines them. The side of one is on the right, but with `group_right`.
 */
class VectorMatcher {
  readonly #node: Binary;
  readonly #matching: VectorMatching;
  readonly #many: readonly StepSeries[];
  readonly #one: readonly StepSeries[];
  readonly #grid: Grid;
  readonly #context: Context;
  readonly #signatures: Signatures;
  /** The side of one on the left, so that groups stand in its order, and that of many on the right. */
  readonly #groups: ReadonlyMap<string, MatchGroup<StepSeries>>;
  /** The steps at which something was matched, by what must be matched but once. */
  readonly #matched = new Map<string, Uint8Array>();
  readonly #notes = new StepNotes();
  readonly #columns = new StepColumns();
  readonly #combined: StepSeries[] = [];
  readonly #labelSet: ReadonlySet<string>;

  constructor(
    node: Binary,
    matching: VectorMatching,
    left: readonly StepSeries[],
    right: readonly StepSeries[],
    grid: Grid,
    context: Context,
  ) {
    const swapped = matching.cardinality === 'one-to-many';
    this.#node = node;
    this.#matching = matching;
    this.#many = swapped ? right : left;
    this.#one = swapped ? left : right;
    this.#grid = grid;
    this.#context = context;
    this.#signatures = signatures(matching);
    this.#labelSet = new Set(matching.labels);
    this.#groups = matchGroups(this.#one, this.#many, ({ labels }) => this.#signatures.keyOf(labels));
  }

  async run(): Promise<void> {
    const { supervisor } = this.#context;
    this.#checkOneSide();
    for (const many of this.#many) {
      this.#combineMany(this.#signatures.keyOf(many.labels), many);
      if (supervisor.isPauseDue) await supervisor.pause();
    }
    if (this.#matching.fillLeft !== undefined) this.#fillMany(this.#matching.fillLeft);
    this.#notes.report(this.#context.annotations, this.#node.span);
  }

  result(): readonly StepSeries[] {
    // In an instant query names may go later only, and with them what tells two series apart.
    if (this.#grid.count === 1 && this.#context.delayedNameRemoval) return this.#combined;
    return mergeSameLabels(this.#combined, () => this.#fail(SAME_LABELS));
  }

  /** Combines a series of the side of many with what matches it, or with the fill value where nothing does. */
  #combineMany(key: string, many: StepSeries): void {
    const matches = this.#groups.get(key)?.left ?? [];
    for (const one of matches) this.#combine(key, many, one);
    const { fillRight } = this.#matching;
    if (fillRight === undefined) return;
    const kinds = many.kinds.map((kind, step) =>
      kind === ABSENT || matches.some((one) => one.kinds[step] !== ABSENT) ? ABSENT : FLOAT,
    );
    this.#combine(key, many, this.#filler(many, kinds, fillRight));
  }

  /** Combines series of the side of one with the fill value where nothing has matched them. */
  #fillMany(value: number): void {
    for (const one of this.#one) {
      const key = this.#signatures.keyOf(one.labels);
      const matched = this.#matched.get(key);
      const kinds = one.kinds.map((kind, step) => (kind === ABSENT || matched?.[step] ? ABSENT : FLOAT));
      this.#combine(key, this.#filler(one, kinds, value), one);
    }
  }

  #filler({ labels }: StepSeries, kinds: Uint8Array, value: number): StepSeries {
    const values = new Float64Array(kinds.length).fill(value);
    return { ...constantSeries(this.#signatures.matchedLabels(labels), values), kinds };
  }

  #combine(key: string, many: StepSeries, one: StepSeries): void {
    const swapped = this.#matching.cardinality === 'one-to-many';
    const [left, right] = swapped ? [one, many] : [many, one];
    const isAlone = (this.#groups.get(key)?.right.length ?? 0) <= 1 && this.#matching.fillLeft === undefined;
    const matched = isAlone ? undefined : new Uint8Array(this.#grid.count);
    const builder = combinePair(
      this.#node,
      left,
      right,
      this.#grid.count,
      matched,
      this.#notes,
      this.#columns,
    );
    const labels = this.#resultLabels(many.labels, one.labels);
    if (matched !== undefined) this.#checkUnique(key, labels, matched);
    if (builder.isEmpty) return;
    this.#context.supervisor.hold(this.#grid.count);
    this.#combined.push(builder.build(labels, this.#node.returnBool));
  }

  #resultLabels(many: Labels, one: Labels): Labels {
    const { cardinality, on, include } = this.#matching;
    const { op, returnBool } = this.#node;
    const dropsName = isArithmetic(op) || (returnBool && !this.#context.delayedNameRemoval);
    let labels = dropsName ? many.dropMetadata() : many;
    if (cardinality === 'one-to-one') labels = on ? labels.keep(this.#labelSet) : labels.drop(this.#labelSet);
    for (const name of include) labels = labels.with(name, one.get(name));
    return labels;
  }

  /** Fails where two series of the side of many match at the same step, or give the same labels if they may. */
  #checkUnique(key: string, labels: Labels, matched: Uint8Array): void {
    const isOneToOne = this.#matching.cardinality === 'one-to-one';
    const identity = isOneToOne ? key : `${key}\n${labels.key}`;
    if (this.#overlaps(identity, matched)) {
      this.#fail(
        isOneToOne
          ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
          : 'multiple matches for labels: grouping labels must ensure unique matches',
      );
    }
    this.#addMatched(identity, matched);
    if (!isOneToOne) this.#addMatched(key, matched);
  }

  #overlaps(identity: string, matched: Uint8Array): boolean {
    const known = this.#matched.get(identity);
    return known?.some((isMatched, step) => isMatched === 1 && matched[step] === 1) ?? false;
  }

  #addMatched(identity: string, matched: Uint8Array): void {
    const known = this.#matched.get(identity);
    this.#matched.set(identity, known?.map((isMatched, step) => isMatched | (matched[step] ?? 0)) ?? matched);
  }

  /** Fails where the side of one has two series of a match group at a step. */
  #checkOneSide(): void {
    let anyMany: Uint8Array | undefined;
    for (const { left: ones } of this.#groups.values()) {
      if (ones.length < 2) continue;
      anyMany ??= this.#stepsWithMany();
      const steps = anyMany;
      for (const [i, series] of ones.entries()) {
        const earlier = ones
          .slice(0, i)
          .find(({ kinds }) =>
            kinds.some((kind, step) => kind !== ABSENT && series.kinds[step] !== ABSENT && steps[step] === 1),
          );
        if (earlier !== undefined) this.#failDuplicate(earlier.labels, series.labels);
      }
    }
  }

  /** Steps at which there is anything to match: with fill values, all. */
  #stepsWithMany(): Uint8Array {
    const { fillLeft, fillRight } = this.#matching;
    const hasFill = fillLeft !== undefined || fillRight !== undefined;
    const steps = new Uint8Array(this.#grid.count).fill(Number(hasFill));
    for (const { kinds } of this.#many) {
      kinds.forEach((kind, step) => {
        if (kind !== ABSENT) steps[step] = 1;
      });
    }
    return steps;
  }

  #failDuplicate(a: Labels, b: Labels): never {
    const group = this.#signatures.matchedLabels(a);
    const side = this.#matching.cardinality === 'one-to-many' ? 'left' : 'right';
    const both = [`${a}`, `${b}`].sort().join(', ');
    throw seriesError(
      this.#context,
      `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${both}];` +
        'many-to-many matching not allowed: matching labels must be unique on one side',
      this.#node.span,
    );
  }

  #fail(message: string): never {
    throw evaluationError(this.#context, message, this.#node.span);
  }
}
