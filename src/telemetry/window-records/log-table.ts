import { minePatterns } from '../log-pattern/mine.ts';
import type { LogBlock } from './record-blocks.ts';
import { joined, type Names, numbered, placesOf, rowsOf, type SpanTable } from './span-table.ts';
import { Texts } from './texts.ts';

/** Kinds of bodies of which patterns are made, the most frequent ones. */
export const mostShapes = 8000;

/** Logs in columns by row, each with its pattern and the request that wrote it. */
export class LogTable {
  readonly rows: number;
  /** ns from the origin of the blocks. */
  readonly time: Float64Array;
  readonly trace: Uint32Array;
  /** Numbers in `Names`, and in the two below. */
  readonly place: Uint32Array;
  readonly pod: Uint32Array;
  readonly level: Uint32Array;
  readonly levels: Texts = new Texts();
  /** -1 where the body is of a kind too rare to be looked at. */
  readonly pattern: Int32Array;
  readonly patterns: readonly string[];
  /** The row in the spans by which the request came in that wrote it; -1 where none is known. */
  readonly entry: Int32Array;

  constructor(blocks: readonly LogBlock[], names: Names, spans: SpanTable) {
    this.rows = rowsOf(blocks);
    this.time = joined(new Float64Array(this.rows), blocks, ({ time }) => time);
    this.trace = joined(new Uint32Array(2 * this.rows), blocks, ({ trace }) => trace);
    this.place = placesOf(blocks, names.places).map((place) => names.samePlace[place] ?? place);
    this.pod = numbered(blocks, ({ pod }) => pod, names.pods);
    this.level = numbered(blocks, ({ level }) => level, this.levels);
    const shapes = new Texts();
    const shape = numbered(blocks, (block) => block.shape, shapes);
    const mined = patternsOf(shapes.all, shape);
    this.patterns = mined.patterns;
    this.pattern = Int32Array.from(shape, (number) => mined.ofShape[number] ?? -1);
    const ids = joined(new Uint32Array(2 * this.rows), blocks, ({ span }) => span);
    this.entry = Int32Array.from({ length: this.rows }, (_, row) => {
      const span = spans.find(ids[2 * row] ?? 0, ids[2 * row + 1] ?? 0);
      const entry = span < 0 ? -1 : (spans.entry[span] ?? -1);
      return entry >= 0 && spans.place[entry] === this.place[row] ? entry : -1;
    });
  }
}

/** The patterns of the most frequent shapes, by number of the shape. */
function patternsOf(
  shapes: readonly string[],
  rows: Uint32Array,
): { readonly patterns: readonly string[]; readonly ofShape: Int32Array } {
  const counts = new Float64Array(shapes.length);
  for (const shape of rows) counts[shape] = (counts[shape] ?? 0) + 1;
  const text = (shape: number): string => shapes[shape] ?? '';
  const frequent = [...shapes.keys()]
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || (text(a) < text(b) ? -1 : 1))
    .slice(0, mostShapes);
  const mined = minePatterns(frequent.map(text));
  const ofShape = new Int32Array(shapes.length).fill(-1);
  for (const [pattern, { members }] of mined.entries()) {
    for (const member of members) ofShape[frequent[member] ?? 0] = pattern;
  }
  return { patterns: mined.map(({ template }) => template), ofShape };
}
