import { createHash } from 'node:crypto';
import { type Labels, METRIC_NAME } from '../../promql/labels.ts';
import { RowBinaryWriter } from './row-binary-writer.ts';

/** What tells a series from all others, as rows hold it. */
export interface SeriesIdentity {
  /** The first 8 bytes of the SHA-256 of `bytes`, big-endian. */
  readonly id: bigint;
  /** The first 16 bytes of it, a character each. */
  readonly digest: string;
  /** The columns MetricName and Labels of its rows in the series table. */
  readonly bytes: Uint8Array;
  /** How many of `bytes` are MetricName. */
  readonly nameLength: number;
}

/**
 * Identifies series by their labels. Every text in `bytes` has its length in front, so that no two label
 * sets have the same bytes, whatever their names and values hold.
 */
export class SeriesIdentifier {
  readonly #writer = new RowBinaryWriter();

  identify(labels: Labels): SeriesIdentity {
    const writer = this.#writer;
    writer.reset();
    writer.string(labels.metricName);
    const nameLength = writer.length;
    writer.varint(labels.has(METRIC_NAME) ? labels.size - 1 : labels.size);
    for (const [name, value] of labels) {
      if (name === METRIC_NAME) continue;
      writer.string(name);
      writer.string(value);
    }
    // Many live long: slices of shared buffers cost the garbage collector less.
    const bytes = Buffer.from(writer.view(0, writer.length));
    const hash = createHash('sha256').update(bytes).digest();
    return { id: hash.readBigUInt64BE(0), digest: hash.toString('latin1', 0, 16), bytes, nameLength };
  }
}
