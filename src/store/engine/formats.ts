/**
 * How an output format may be sent. chDB's stream makes each of its chunks a whole document, so a format
 * that has anything around its rows can't be streamed as it comes:
 * - `rows`: nothing around the rows; chunks are sent as they come.
 * - `header`: names (and types) in front of the rows; all chunks but the first lose theirs.
 * - `document`: anything else; read at once.
 */
export type Framing = 'rows' | 'header' | 'document';

export interface OutputFormat {
  /** ClickHouse's own spelling; as the client wrote it where the format isn't known here. */
  readonly name: string;
  readonly contentType: string;
  readonly framing: Framing;
}

const json = 'application/json; charset=UTF-8';
const ndjson = 'application/x-ndjson; charset=UTF-8';
const tsv = 'text/tab-separated-values; charset=UTF-8';
const csv = 'text/csv; charset=UTF-8; header=absent';
const binary = 'application/octet-stream';
const text = 'text/plain; charset=UTF-8';

const known: readonly OutputFormat[] = [
  ...define(
    'rows',
    ndjson,
    'JSONEachRow JSONLines JSONL NDJSON JSONStringsEachRow JSONCompactEachRow JSONCompactStringsEachRow',
  ),
  ...define('rows', tsv, 'TabSeparated TSV TabSeparatedRaw TSVRaw'),
  ...define('rows', csv, 'CSV'),
  ...define('rows', binary, 'RowBinary Native RawBLOB'),
  ...define('rows', text, 'LineAsString TSKV'),
  ...define('header', ndjson, 'JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes'),
  ...define(
    'header',
    tsv,
    'TabSeparatedWithNames TabSeparatedWithNamesAndTypes TSVWithNames TSVWithNamesAndTypes',
  ),
  ...define('header', binary, 'RowBinaryWithNames RowBinaryWithNamesAndTypes'),
  ...define(
    'document',
    json,
    'JSON JSONStrings JSONCompact JSONCompactStrings JSONObjectEachRow JSONColumns',
  ),
  ...define('document', csv, 'CSVWithNames CSVWithNamesAndTypes'),
  ...define('document', 'application/vnd.apache.parquet', 'Parquet'),
  ...define('document', 'application/vnd.apache.arrow.stream', 'ArrowStream'),
];

function define(framing: Framing, contentType: string, names: string): OutputFormat[] {
  return names.split(' ').map((name) => ({ name, contentType, framing }));
}

const byLowerName = new Map(known.map((format) => [format.name.toLowerCase(), format]));

/** The format of that name, in any case. One that isn't known is taken for a document, which is always right. */
export function outputFormat(name: string): OutputFormat {
  return byLowerName.get(name.toLowerCase()) ?? { name, contentType: text, framing: 'document' };
}

/**
 * The length in bytes of the header in front of the rows of a `header` format.
 *
 * @param chunk the first chunk of a result, which holds the whole header
 */
export function headerLength(format: string, chunk: Uint8Array): number {
  const parts = format.endsWith('AndTypes') ? 2 : 1;
  return format.startsWith('RowBinary') ? binaryHeaderLength(chunk, parts) : textHeaderLength(chunk, parts);
}

/** Each part is a line: these formats escape a newline within a name. */
function textHeaderLength(chunk: Uint8Array, lines: number): number {
  let end = 0;
  for (let line = 0; line < lines; line += 1) end = chunk.indexOf(0x0a, end) + 1;
  return end;
}

/** The number of columns, then one string for each column in each part; numbers are LEB128. */
function binaryHeaderLength(chunk: Uint8Array, parts: number): number {
  let at = 0;
  const readNumber = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = chunk[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const columns = readNumber();
  for (let string = 0; string < columns * parts; string += 1) {
    const length = readNumber();
    at += length;
  }
  return at;
}
