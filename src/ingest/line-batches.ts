import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

export interface LineBatchLimits {
  /** A batch is closed once it is that long. */
  readonly batchBytes: number;
  /** Longer lines are left out. */
  readonly lineBytes: number;
}

/** Whole lines of a file that follow one another. */
export interface LineBatch {
  /** The lines with a line feed after each; a line that was too long is an empty one. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Number of the first line; the file's first is 1. */
  readonly firstLine: number;
  readonly lines: number;
  /** Numbers of lines that were too long. */
  readonly tooLong: readonly number[];
  /** Bytes of the file that were read so far, compressed ones where it is. */
  readonly readBytes: number;
}

const lineFeed = new Uint8Array([10]);

/** Reads a file, gzip where its name ends in `.gz`, in batches of lines. Rejects where it can't be read. */
export async function* lineBatches(path: string, limits: LineBatchLimits): AsyncGenerator<LineBatch> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const batch = new OpenBatch(limits);
  try {
    for await (const chunk of path.endsWith('.gz') ? inflated(file) : file) {
      for (const piece of batch.add(Buffer.from(chunk))) yield { ...piece, readBytes: file.bytesRead };
    }
    const last = batch.finish();
    if (last.lines > 0) yield { ...last, readBytes: file.bytesRead };
  } finally {
    file.destroy();
  }
}

function inflated(file: NodeJS.ReadableStream): NodeJS.ReadableStream {
  const gunzip = createGunzip({ chunkSize: 256 << 10 });
  file.on('error', (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}

type Lines = Omit<LineBatch, 'readBytes'>;

/** The batch that is being filled, and the line that is not at its end yet. */
class OpenBatch {
  readonly #limits: LineBatchLimits;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #tooLong: number[] = [];
  #firstLine = 1;
  #lines = 0;
  #line: Uint8Array[] = [];
  #lineBytes = 0;

  constructor(limits: LineBatchLimits) {
    this.#limits = limits;
  }

  *add(chunk: Uint8Array): Generator<Lines> {
    let start = 0;
    for (let feed = chunk.indexOf(10); feed >= 0; feed = chunk.indexOf(10, start)) {
      this.#extendLine(chunk.subarray(start, feed));
      this.#endLine();
      if (this.#bytes >= this.#limits.batchBytes) yield this.#take();
      start = feed + 1;
    }
    this.#extendLine(chunk.subarray(start));
  }

  finish(): Lines {
    if (this.#lineBytes > 0) this.#endLine();
    return this.#take();
  }

  #extendLine(piece: Uint8Array): void {
    this.#lineBytes += piece.length;
    if (this.#lineBytes > this.#limits.lineBytes) this.#line = [];
    else if (piece.length > 0) this.#line.push(piece);
  }

  #endLine(): void {
    if (this.#lineBytes > this.#limits.lineBytes) this.#tooLong.push(this.#firstLine + this.#lines);
    for (const piece of [...this.#line, lineFeed]) {
      this.#pieces.push(piece);
      this.#bytes += piece.length;
    }
    this.#lines += 1;
    this.#line = [];
    this.#lineBytes = 0;
  }

  #take(): Lines {
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const lines = { bytes, firstLine: this.#firstLine, lines: this.#lines, tooLong: this.#tooLong };
    this.#firstLine += this.#lines;
    this.#lines = 0;
    this.#pieces = [];
    this.#bytes = 0;
    this.#tooLong = [];
    return lines;
  }
}
