import { describe, expect, test } from 'vitest';
import { compact, count, search } from '../support/answers.ts';
import type { SampleLog, SampleSpan } from '../support/sample.ts';
import { useSampledProduct } from './sampled-product.ts';

const running = useSampledProduct();

type LogTest = (log: SampleLog) => boolean;
type SpanTest = (span: SampleSpan) => boolean;

const has =
  (text: string): LogTest =>
  ({ body }) =>
    body.includes(text);
const attribute = ({ attributes = {} }: SampleLog | SampleSpan, name: string) => attributes[name];
const level =
  (...levels: string[]): LogTest =>
  (log) =>
    levels.includes(levelOf(log));
/** A record without severity has the level that its text begins with. */
const levelOf = (log: SampleLog) => log.level ?? 'ERROR';
const http: SpanTest = (span) => attribute(span, 'http.request.method') !== undefined;
const failed: SpanTest = ({ status }) => status === 'error';
const code = (span: SampleSpan) =>
  Number(attribute(span, 'http.response.status_code') ?? attribute(span, 'rpc.grpc.status_code'));

/** The filters of the contract and the public page, and one or more for every sentence about them. */
const logFilters: [string, LogTest][] = [
  [
    'namespace = "default" AND level = ERROR',
    (log) => log.namespace === 'default' && levelOf(log) === 'ERROR',
  ],
  ['pod_name IN ("service-a", "service-b")', ({ pod }) => pod === 'service-a' || pod === 'service-b'],
  ['message LIKE "%timeout%"', has('timeout')],
  ['@custom_field = value', (log) => attribute(log, 'custom_field') === 'value'],
  [
    "body LIKE '%timeout%' AND body NOT LIKE '%healthcheck%'",
    ({ body }) => body.includes('timeout') && !body.includes('healthcheck'),
  ],
  [
    'namespace = "payments" AND level = ERROR',
    (log) => log.namespace === 'payments' && levelOf(log) === 'ERROR',
  ],

  ['namespace == payments', ({ namespace }) => namespace === 'payments'],
  ['namespace <> payments', ({ namespace }) => namespace !== 'payments'],
  ['namespace != payments', ({ namespace }) => namespace !== 'payments'],
  ['namespace NOT IN (payments, jobs)', ({ namespace = '' }) => !['payments', 'jobs'].includes(namespace)],
  ['namespace IS NULL', ({ namespace }) => namespace === undefined],
  ["namespace = ''", ({ namespace }) => namespace === undefined],
  ['namespace IS NOT NULL', ({ namespace }) => namespace !== undefined],
  ["namespace > 'jobs'", ({ namespace = '' }) => namespace > 'jobs'],
  ["namespace <= 'jobs'", ({ namespace }) => namespace !== undefined && namespace <= 'jobs'],
  [
    'namespace BETWEEN default AND jobs',
    ({ namespace = '' }) => namespace >= 'default' && namespace <= 'jobs',
  ],
  ["namespace = 'Default'", () => false],
  [
    'namespace IS NULL OR namespace = jobs',
    ({ namespace }) => namespace === undefined || namespace === 'jobs',
  ],

  ['level = error', level('ERROR')],
  ['level >= WARN', level('WARN', 'ERROR', 'FATAL')],
  ['level < info', level('TRACE', 'DEBUG')],
  ['level BETWEEN debug AND warn', level('DEBUG', 'INFO', 'WARN')],
  ['level = CRITICAL', level('FATAL')],
  ['level IN (warning, fatal)', level('WARN', 'FATAL')],
  ["level LIKE '%R%'", level('TRACE', 'WARN', 'ERROR')],

  ["body ILIKE '%TimeOut%'", ({ body }) => body.toLowerCase().includes('timeout')],
  ["body NOT ILIKE '%timeout%'", ({ body }) => !body.toLowerCase().includes('timeout')],
  ["body ILIKE '%FÜR ZOË%'", has('für Zoë')],
  ["body LIKE 'charge ok für Zo_ _'", has('charge ok')],
  ["body LIKE '%100\\%%'", has('100%')],
  ["body LIKE '%\\_ signs'", has('_ signs')],
  ["body LIKE '%C:\\\\temp%'", has('C:\\temp')],
  ["body = 'disk full'", ({ body }) => body === 'disk full'],
  ["body = 'token expires soon: \"short\" and ''long'''", has('token expires')],
  ['body = "token expires soon: ""short"" and \'long\'"', has('token expires')],
  ["body = 'token expires soon: \\\"short\\\" and \\'long\\''", has('token expires')],
  ["body =~ '\\d+s'", ({ body }) => /\d+s/.test(body)],
  ["body =~ 'first.*second'", has('second line')],
  ["body !~ '(?i)TIMEOUT|charge'", ({ body }) => !/timeout|charge/i.test(body)],
  ["body =~ '^charge'", ({ body }) => body.startsWith('charge')],
  ['body_length = 19', ({ body }) => [...body].length === 19],
  ['body_length < 12', ({ body }) => [...body].length < 12],

  ['@"customer id" = "c 1"', (log) => attribute(log, 'customer id') === 'c 1'],
  ['@"customer id" IS NOT NULL', (log) => attribute(log, 'customer id') !== undefined],
  ['@k8s.pod.uid = "aaaaaaaa-0000-4000-8000-000000000001"', ({ podUid }) => podUid !== undefined],
  ['custom_field = other', (log) => attribute(log, 'custom_field') === 'other'],
  ['@custom_field != value', (log) => attribute(log, 'custom_field') !== 'value'],
  ['@attempts > 3', (log) => Number(attribute(log, 'attempts')) > 3],
  ['@attempts >= 3', (log) => Number(attribute(log, 'attempts')) >= 3],
  ["@attempts > '3'", (log) => String(attribute(log, 'attempts') ?? '') > '3'],
  ['@attempts = 12', (log) => attribute(log, 'attempts') === 12],

  ['NOT namespace = default', ({ namespace }) => namespace !== 'default'],
  [
    'not (namespace = default or level = error)',
    (log) => log.namespace !== 'default' && levelOf(log) !== 'ERROR',
  ],
  [
    'level = FATAL OR level = ERROR AND namespace = payments',
    (log) => log.level === 'FATAL' || (levelOf(log) === 'ERROR' && log.namespace === 'payments'),
  ],
  ['WHERE level = FATAL;', level('FATAL')],
  ['namespace = “payments” AND level = ‘FATAL’', level('FATAL')],
  ['', () => true],
  ['workload = worker OR workload = agent OR workload = db', ({ namespace }) => namespace === 'jobs'],
  ['workload = legacy-cron', ({ service }) => service === 'legacy-cron'],
  ['workload = ledger', ({ service }) => service === 'ledger'],
];

const spanFilters: [string, SpanTest][] = [
  ['protocol_type = HTTP OR status = error', (span) => http(span) || failed(span)],
  ['duration > 1000', ({ duration }) => duration > 1000],
  [
    "status = 'error' AND (workload = 'api-server' OR workload = 'auth-service')",
    (span) => failed(span) && (span.deployment === 'api-server' || span.deployment === 'auth-service'),
  ],
  ['duration_ms > 500', ({ duration }) => duration > 500e6],
  ['duration > 500ms', ({ duration }) => duration > 500e6],
  ['duration >= 1.5s', ({ duration }) => duration >= 1.5e9],
  ['duration_ms >= 1.5s', ({ duration }) => duration >= 1.5e9],
  ['duration < 1us', ({ duration }) => duration < 1000],
  ['duration = 1000ns', ({ duration }) => duration === 1000],
  ['duration_ms BETWEEN 499 AND 500.5', ({ duration }) => duration >= 499e6 && duration <= 500.5e6],
  ['duration > 5s', ({ duration }) => duration > 5e9],
  ['return_code >= 500', (span) => code(span) >= 500],
  ["return_code LIKE '5%'", (span) => String(code(span)).startsWith('5')],
  ['return_code = "503"', (span) => code(span) === 503],
  ['status_code = 404', (span) => code(span) === 404],
  ['status = OK', (span) => !failed(span)],
  ['status != ERROR', (span) => !failed(span)],
  ['role = Server', ({ kind }) => kind === 'server'],
  ['protocol = grpc', (span) => attribute(span, 'rpc.system') === 'grpc'],
  [
    'protocol_type IN (mysql, PostgreSQL, redis, MongoDB)',
    (span) => attribute(span, 'db.system.name') !== undefined,
  ],
  ['protocol_type = Kafka', (span) => attribute(span, 'messaging.system') === 'kafka'],
  ['method = GET AND protocol_type = HTTP', (span) => attribute(span, 'http.request.method') === 'GET'],
  ["clustered_resource = '/cart/{id}/pay'", (span) => attribute(span, 'http.route') !== undefined],
  ['@http.route LIKE "/cart/%/pay"', (span) => attribute(span, 'http.route') !== undefined],
  ["status_message = 'payment failed'", ({ message }) => message === 'payment failed'],
  ['app_version = 1.1.0', ({ version }) => version === '1.1.0'],
  ['trace_id = 4bf92f3577b34da6a3ce929d0e0e4736', ({ traceId }) => traceId !== undefined],
  ['parent_span_id IS NULL', ({ parentSpanId }) => parentSpanId === undefined],
];

describe('filters of logs', () => {
  test.each(logFilters)('%s', async (filters, matches) => {
    const { assistant, window, sample } = running();
    expect(await count(assistant, 'analyze-logs', { ...window, filters })).toBe(
      sample.logs.filter(matches).length,
    );
  });
});

describe('filters of spans', () => {
  test.each(spanFilters)('%s', async (filters, matches) => {
    const { assistant, window, sample } = running();
    expect(await count(assistant, 'analyze-traces', { ...window, filters })).toBe(
      sample.spans.filter(matches).length,
    );
  });
});

test('no filter of these tests is true or false of everything by chance', () => {
  const { sample } = running();
  const trivial = [
    ...logFilters.filter(([, matches]) =>
      [0, sample.logs.length].includes(sample.logs.filter(matches).length),
    ),
    ...spanFilters.filter(([, matches]) =>
      [0, sample.spans.length].includes(sample.spans.filter(matches).length),
    ),
  ];
  expect(trivial.map(([filter]) => filter)).toEqual(["namespace = 'Default'", '']);
});

describe('what the answer says about the filter', () => {
  const notesFor = async (tool: string, filters: string) => {
    const { assistant, window } = running();
    return (await search(assistant, tool, { ...window, filters })).notes.join('\n');
  };

  test.each([
    ['search-traces', 'duration > 1000', /\bns\b|nanosecond/],
    ['search-logs', 'message = "disk full" OR log = "charge ok"', /message.*\bbody\b/],
    ['search-logs', 'custom_field = value', /@custom_field/],
    ['search-logs', 'WHERE level = FATAL', /WHERE/],
    ['search-logs', 'level = FATAL;', /semicolon|;/],
    ['search-logs', 'namespace = “payments”', /quote/],
    ['search-logs', 'level = WARNING', /WARNING.*\bWARN\b/],
    ['search-logs', '@attempts > 3', /\b1\b.*(number|numeric)/],
    ['search-logs', 'workload = service', /service/],
  ])('%s %s', async (tool, filters, note) => {
    expect(await notesFor(tool, filters)).toMatch(note);
  });

  test('an alias is noted once, however often it is used', async () => {
    const notes = await notesFor(
      'search-logs',
      "message LIKE '%a%' AND message LIKE '%e%' AND message LIKE '%i%'",
    );
    expect(notes.match(/\bmessage\b/g)).toHaveLength(1);
  });

  test('a filter that is understood as it stands is not repeated, another one is shown in its normal form', async () => {
    const { assistant, window } = running();
    const plain = await compact(assistant, 'search-logs', { ...window, filters: "namespace = 'payments'" });
    expect(plain).not.toContain("namespace = 'payments'");
    const rewritten = await compact(assistant, 'search-logs', {
      ...window,
      filters: 'where message like "%charge%"',
    });
    expect(rewritten).toMatch(/body LIKE ['"]%charge%['"]/);
  });

  test('the filter of a JSON answer, sent again, gives the same answer', async () => {
    const { assistant, window } = running();
    for (const [filters] of logFilters) {
      const first = await search(assistant, 'search-logs', { ...window, filters });
      const second = await search(assistant, 'search-logs', { ...window, filters: first.filter });
      // A cursor holds the time of the call.
      const rest = { notes: [], next_cursor: expect.toBeOneOf([null, expect.any(String)]) };
      expect({ filters, ...second, notes: [] }).toEqual({ filters, ...first, ...rest });
    }
  });
});
