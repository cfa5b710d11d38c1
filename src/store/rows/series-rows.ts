import { createHash } from 'node:crypto';
import type { MetricMetadata } from './metric-record.ts';
import { RowBinaryWriter } from './row-binary-writer.ts';
import type { SeriesIdentity } from './series-identity.ts';

/** Rows of the series table that one request may need; what is known already is left out when they are stored. */
export interface SeriesRows {
  /** Rows in RowBinary, one after another. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each row ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Each row's day, counted from the epoch. */
  readonly days: Uint16Array<ArrayBuffer>;
  /** 1 where nothing is known of the row's metric: type, unit and help are its last three bytes, all 0. */
  readonly bare: Uint8Array<ArrayBuffer>;
  /** Identifies each row's content: rows with the same key are stored once. */
  readonly keys: readonly string[];
}

/** What a day's samples of a series have beside floats. */
export interface SeriesFeatures {
  readonly histograms: boolean;
  readonly startTimestamps: boolean;
}

const bareMetadata: MetricMetadata = { type: 'unknown', unit: '', help: '' };

/** Whether two say the same. */
export function sameMetadata(a: MetricMetadata, b: MetricMetadata): boolean {
  return a === b || (a.type === b.type && a.unit === b.unit && a.help === b.help);
}

/** Writes type, unit and help; an unknown type is the empty text, so that a known one takes its place. */
function writeMetadata(writer: RowBinaryWriter, { type, unit, help }: MetricMetadata): void {
  writer.string(type === 'unknown' ? '' : type);
  writer.string(unit);
  writer.string(help);
}

/** A bare row with what is known of its metric. */
export function completeRow(bareRow: Uint8Array, metadata: MetricMetadata): Uint8Array {
  const writer = new RowBinaryWriter(bareRow.length + 256);
  writer.raw(bareRow.subarray(0, -3));
  writeMetadata(writer, metadata);
  return writer.view(0, writer.length);
}

/** Short, and the same for those that say the same. */
export function metadataKey({ type, unit, help }: MetricMetadata): string {
  const text = `${type}\n${unit.length}\n${unit}${help}`;
  return text.length <= 32 ? text : createHash('sha256').update(text).digest().toString('latin1', 0, 16);
}

/** The metric's name in a row of the series table, which begins with it. */
export function metricNameOf(row: Uint8Array): string {
  let length = 0;
  let at = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = row[at++] ?? 0;
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return Buffer.from(row.buffer, row.byteOffset + at, length).toString();
}

/** A series' row of a day that was made last, and its key. */
export interface MadeRow extends SeriesFeatures {
  readonly day: number;
  readonly metadata: MetricMetadata;
  readonly key: string;
}

/** Collects rows of the series table, each once. */
export class SeriesRowsBuilder {
  readonly #writer = new RowBinaryWriter();
  #ends: number[] = [];
  #days: number[] = [];
  #bare: number[] = [];
  #keys: Set<string> = new Set();
  #metadata: MetricMetadata = bareMetadata;
  #metadataKey = metadataKey(bareMetadata);

  get bytes(): number {
    return this.#writer.length;
  }

  /**
   * Adds the row of a series' day, where it is not there yet.
   *
   * @param last what was made for that series the last time: a row like it needs no new key
   */
  add({ bytes, id, digest }: SeriesIdentity, row: Omit<MadeRow, 'key'>, last: MadeRow | undefined): MadeRow {
    const made = last !== undefined && sameRow(last, row) ? last : { ...row, key: this.#keyOf(digest, row) };
    if (this.#keys.has(made.key)) return made;
    this.#keys.add(made.key);
    const { day, histograms, startTimestamps, metadata } = row;
    const writer = this.#writer;
    writer.raw(bytes);
    writer.uint64(id);
    writer.uint16(day);
    writer.uint8(histograms ? 1 : 0);
    writer.uint8(startTimestamps ? 1 : 0);
    writeMetadata(writer, metadata);
    this.#ends.push(writer.length);
    this.#days.push(day);
    this.#bare.push(sameMetadata(metadata, bareMetadata) ? 1 : 0);
    return made;
  }

  clear(): void {
    this.#writer.reset();
    this.#ends = [];
    this.#days = [];
    this.#bare = [];
    this.#keys = new Set();
  }

  /** All rows so far, which are then forgotten here. */
  take(): SeriesRows {
    const rows = {
      bytes: new Uint8Array(this.#writer.view(0, this.#writer.length)),
      ends: Uint32Array.from(this.#ends),
      days: Uint16Array.from(this.#days),
      bare: Uint8Array.from(this.#bare),
      keys: [...this.#keys],
    };
    this.clear();
    return rows;
  }

  #keyOf(digest: string, { day, histograms, startTimestamps, metadata }: Omit<MadeRow, 'key'>): string {
    if (!sameMetadata(metadata, this.#metadata)) {
      this.#metadata = metadata;
      this.#metadataKey = metadataKey(metadata);
    }
    const features = (histograms ? 1 : 0) + (startTimestamps ? 2 : 0);
    return digest + String.fromCharCode(day, features) + this.#metadataKey;
  }
}

const sameRow = (a: Omit<MadeRow, 'key'>, b: Omit<MadeRow, 'key'>): boolean =>
  a.day === b.day &&
  a.histograms === b.histograms &&
  a.startTimestamps === b.startTimestamps &&
  sameMetadata(a.metadata, b.metadata);
