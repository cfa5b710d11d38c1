import type { SignalTable } from '../../src/store/schema/signal-table.ts';
import { identifier, join, type Sql, sql } from '../../src/store/sql/sql.ts';
import { type BuiltinFieldName, fieldsOf, type Signal } from '../../src/telemetry/fields.ts';

/** A record as the tests know it: what the columns of the table hold. */
export interface Row {
  readonly time: bigint;
  /** Text of fields; what is absent is ''. `duration` and the like are derived. */
  readonly text: Readonly<Partial<Record<BuiltinFieldName, string>>>;
  /** ns, UInt64; traces only. */
  readonly duration: bigint;
  readonly own: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
}

/** Texts that break careless quoting, escaping, folding, searching or number reading. */
export const oddTexts: readonly string[] = [
  '',
  ' ',
  'a',
  'A',
  'value',
  "it's",
  'say "hi"',
  'back\\slash',
  'ends in \\',
  '\\',
  '\\\\',
  "\\'",
  '\0',
  'nul\0inside',
  'line\nbreak',
  'line\r\nbreak',
  'tab\there',
  '-- comment',
  '/* comment */',
  '# comment',
  "'; DROP TABLE x; --",
  '{name:String}',
  '{}',
  '50%',
  '50\\%',
  '100%_done',
  'a_b',
  'axb',
  '😀',
  '👩‍👩‍👧',
  'e\u0301',
  'é',
  'É',
  'straße',
  'STRASSE',
  'ẞ',
  'Σίσυφος',
  'ΣΊΣΥΦΟΣ',
  'İstanbul',
  'ıstanbul',
  'Kelvin \u212A',
  'kelvin k',
  'long ſ',
  'long s',
  '\uFFFD',
  '\u200bzero width',
  '\u202Ebidi',
  'ﬁ',
  '日本語 text',
  '日本語text',
  'null',
  'NULL',
  'true',
  'ts-basic-service',
  '/api/v1/users',
  '10.0.0.1',
  '5xx',
  '500ms',
  '550e8400-e29b-41d4-a716-446655440000',
];

/** Numbers and texts that are nearly numbers. */
export const numericTexts: readonly string[] = [
  '0',
  '-0',
  '5',
  '+5',
  '05',
  '5.0',
  '5.',
  '.5',
  '0.1',
  '1e3',
  '1E+3',
  '-2.5e-3',
  '200',
  '404',
  '500',
  '1e400',
  '-1e400',
  '1e-400',
  'inf',
  '-inf',
  'nan',
  'Infinity',
  '0x10',
  '1_000',
  '1,000',
  ' 7',
  '7 ',
  '7\n',
  '٣',
  '1e',
  'e5',
  '.',
  '--1',
  '9007199254740992',
  '9007199254740993',
  '12345678901234567890',
  '4.9e-324',
  '1.7976931348623157e308',
];

/** Log lines with words that an index of tokens could get wrong. */
export const bodies: readonly string[] = [
  'connection timeout while reading from ts-food-service',
  'Connection Timeout While Reading',
  'connectiontimeout',
  'connection_timeout while',
  'timeoutwhile reading',
  'Get Route By Ids Failed',
  'get route by ids failed',
  '[Get Route By Ids Failed] [RouteIds: []]',
  'route(by)ids',
  'routé by ids',
  'naïve by ids',
  'by日本ids',
  'Kill the \u212Aill switch',
  'kill SWITCH',
  'ſwitch off',
  'GET /api/v1/users 500 12ms',
  'user=42 status=500 msg="it failed"',
  '{"level":"error","msg":"boom"}',
  'healthcheck ok',
  'a b  c   d',
];

export const attributeNames: readonly string[] = [
  'http.route',
  'customer id',
  "quote'd",
  'double"d',
  'back\\slash',
  'nul\0',
  'line\nbreak',
  '{name:String}',
  'emoji 😀',
  'e\u0301',
  '-- x',
  'retry_count',
  'a/b:c',
  '*',
];

const start = 1_674_983_000_000_000_000n;
const durations = [
  0n,
  1n,
  999n,
  1000n,
  1_500_000n,
  500_000_000n,
  1_500_000_000n,
  9_007_199_254_740_993n,
  18_446_744_073_709_551_615n,
];

const levels = ['', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'PANIC'];
const roles = ['client', 'server', 'producer', 'consumer', 'internal'];
const protocols = ['', 'HTTP', 'http', 'gRPC', 'MySQL', 'Kafka', 'x/é'];

/** Rows in which every odd text occurs as a body, as a field and as an attribute. */
export const rows: readonly Row[] = [...oddTexts, ...numericTexts, ...bodies].map((text, i, all) => {
  const pick = <T>(values: readonly T[], offset = 0): T => values[(i + offset) % values.length] as T;
  const own: Record<string, string> = { [pick(attributeNames)]: text };
  if (i % 3 === 0) own[pick(attributeNames, 5)] = pick(numericTexts);
  const resource: Record<string, string> = { [pick(attributeNames, 1)]: pick(all, 7) };
  if (i % 4 === 0) resource[pick(attributeNames)] = 'from the resource';
  if (i % 5 === 0) own[pick(attributeNames, 1)] = '';
  return {
    time: start + BigInt(i) * 60_000_000_000n + BigInt(i % 7),
    text: {
      body: i % 2 === 0 ? text : `${pick(bodies)} ${text}`,
      namespace: pick(oddTexts, 3),
      pod_name: pick([...oddTexts, ...numericTexts], 11),
      service: pick(['', 'ts-basic-service', 'ts-food-service', 'Ünï', 'cart']),
      trace_id: i % 6 === 0 ? '' : `${'0'.repeat(31)}${i % 10}`,
      level: pick(levels),
      format: pick(['json', 'klog', 'logfmt', 'nginx', 'text']),
      role: pick(roles),
      status: pick(['ok', 'error']),
      protocol_type: pick(protocols),
      return_code: pick(['', ...numericTexts]),
      operation_name: text,
    },
    duration: pick(durations),
    own,
    resource,
  };
});

/** The columns that hold text, one for each field that the rows give a value. */
export const textFields: readonly BuiltinFieldName[] = [
  'body',
  'namespace',
  'pod_name',
  'service',
  'trace_id',
  'level',
  'format',
  'role',
  'status',
  'protocol_type',
  'return_code',
  'operation_name',
];

/** Columns as in the product's tables: low cardinality for most, String for the long ones. */
const longText = new Set<BuiltinFieldName>(['body', 'trace_id', 'operation_name']);

const tableName = sql`filter_rows`;

/** How the rows are read as logs or as traces; fields that no row has are the empty text. */
export function tableOf(signal: Signal, indexed: boolean): SignalTable {
  const fields: Partial<Record<BuiltinFieldName, Sql>> = {};
  for (const { name } of fieldsOf(signal)) {
    fields[name] = textFields.includes(name) ? identifier(name) : sql`''`;
  }
  return {
    signal,
    name: tableName,
    time: sql`Timestamp`,
    fields: {
      ...fields,
      timestamp: sql`Timestamp`,
      ...(signal === 'logs'
        ? { body_length: sql`lengthUTF8(body)` }
        : { duration: sql`Duration`, duration_ms: sql`Duration / 1e6` }),
    },
    ownAttributes: sql`Own`,
    resourceAttributes: sql`Resource`,
    ...(indexed && { bodyTokens: sql`lower(body)` }),
    columns: new Set<string>(),
  };
}

/** Statements that make the table and fill it. Granules are small, so that indexes skip some. */
export function setUp(): Sql[] {
  const text = textFields.map((name) =>
    longText.has(name) ? sql`${identifier(name)} String` : sql`${identifier(name)} LowCardinality(String)`,
  );
  const create = sql`CREATE TABLE ${tableName} (
    id UInt32, Timestamp DateTime64(9, 'UTC'), ${join(text, ', ')}, Duration UInt64,
    Own Map(LowCardinality(String), String), Resource Map(LowCardinality(String), String),
    INDEX words lower(body) TYPE text(tokenizer = 'splitByNonAlpha'),
    INDEX own_keys mapKeys(Own) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX own_values mapValues(Own) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX resource_keys mapKeys(Resource) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX resource_values mapValues(Resource) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX traces trace_id TYPE bloom_filter(0.001) GRANULARITY 1
  ) ENGINE = MergeTree ORDER BY (toStartOfFiveMinutes(Timestamp), service, Timestamp) SETTINGS index_granularity = 8`;
  const values = rows.map((row, id) => {
    const texts = textFields.map((name) => sql`${row.text[name] ?? ''}`);
    return sql`(${id}, fromUnixTimestamp64Nano(${row.time}), ${join(texts, ', ')}, ${row.duration}, ${map(row.own)}, ${map(row.resource)})`;
  });
  return [create, sql`INSERT INTO ${tableName} VALUES ${join(values, ', ')}`];
}

function map(values: Readonly<Record<string, string>>): Sql {
  const entries = Object.entries(values).map(([key, value]) => sql`${key}, ${value}`);
  return sql`map(${join(entries, ', ')})`;
}
