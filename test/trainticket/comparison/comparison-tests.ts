import { beforeAll, describe, expect, test } from 'vitest';
import { type Assistant, connect } from '../../support/assistants.ts';
import { createKey } from '../../support/command.ts';
import type { Product } from '../../support/product.ts';
import { sendHidden } from './hidden-namespace.ts';
import { type Comparison, type Recount, readComparison, recount } from './recount.ts';

const at = (time: string): string => `2023-01-29T${time}Z`;
const window = (from: string, to: string) => ({ from_time: at(from), to_time: at(to) });
const baseline = (from: string, to: string) => ({ baseline_from: at(from), baseline_to: at(to) });

/** Incidents with a baseline that is chosen, nearer ones passed over or not; with a given one; and unlike times. */
const asked = [
  ['contacts are missing', window('08:51:06', '08:55:06')],
  ['behind incidents of the same kind', window('09:11:56', '09:15:56')],
  ['travel fails, two nearer times are worse', window('10:19:10', '10:23:10')],
  ['a workload is new', window('10:25:20', '10:29:20')],
  ['with quiet minutes', { ...window('09:41:26', '09:45:26'), ...baseline('08:48:00', '08:51:00') }],
  [
    'times of different length and load',
    { ...window('08:50:00', '08:51:30'), ...baseline('08:46:00', '08:49:00') },
  ],
  ['halves of the recording', { ...window('09:30:00', '10:29:30'), ...baseline('08:40:00', '09:30:00') }],
] as const;

const incident = asked[0][1];
const whole = { limit: 200, max_tokens: 25_000 };

/** Tests of compare-windows over the whole recording; the last sends more records. */
export function testComparison(
  running: () => { readonly product: Product; readonly assistant: Assistant },
): void {
  const compare = async (args: object, assistant = running().assistant): Promise<string> => {
    const { text, isError } = await assistant.call('compare-windows', { ...whole, ...args });
    if (isError) throw new Error(text);
    return text.replaceAll(/untrusted-\d+/g, 'untrusted-MARK');
  };
  const compareAsJson = async (args: object): Promise<Comparison> =>
    readComparison(await compare({ ...args, format: 'json' }));

  const answers: Comparison[] = [];
  let counted: readonly Recount[] = [];

  beforeAll(async () => {
    for (const [, args] of asked) answers.push(await compareAsJson(args));
    counted = await recount(answers);
  }, 120_000);

  const both = (place: number): readonly [Comparison, Recount] => {
    const [answer, own] = [answers[place], counted[place]];
    if (answer === undefined || own === undefined) throw new Error('not asked');
    return [answer, own];
  };

  describe.each(asked.map(([name, args], place) => ({ name, args, place })))('$name', ({ args, place }) => {
    test('all that is printed is what the files hold', () => {
      const [answer, own] = both(place);
      expect(answer).toMatchObject({
        ...{ spans: own.spans, logs: own.logs, stretch_s: own.stretch_s, one_trace_in: 1 },
      });
      expect(answer.changes.length).toBeGreaterThan(4);
      for (const [i, change] of answer.changes.entries()) {
        const expected = own.changes[i];
        const told = JSON.stringify(change);
        expect(change.samples, told).toEqual(expected?.samples);
        expect(Date.parse(change.since), told).toBe(
          Date.parse(answer.window.from) + (expected?.since ?? Number.NaN) * own.stretch_s * 1000,
        );
        // Times are kept in buckets that are known within 1 %; all else is exact.
        const within = change.unit === 'ns' ? 0.0101 : 1e-9;
        expectWithin(change.before, expected?.before, within, told);
        expectWithin(change.after, expected?.after, within, told);
      }
    });

    test('the text says the same', async () => {
      const [answer, own] = both(place);
      const text = await compare(args);
      expect(text).toContain(`${answer.changes_total} changes, strongest first`);
      expect(text).toContain(
        `compared: ${own.spans.baseline} -> ${own.spans.window} spans, ${own.logs.baseline} -> ${own.logs.window} logs`,
      );
      const lines = printedChanges(text);
      expect(lines.length).toBeGreaterThan(3);
      for (const { number, before, after, samples, isShare, line } of lines) {
        const expected = own.changes[answer.changes.findIndex((change) => change.number === number)];
        expect([expected?.samples.baseline, expected?.samples.window], line).toEqual(samples);
        // A share is printed in percent with a digit behind the point, all else with three digits.
        for (const [printed, value = Number.NaN] of [
          [before, expected?.before],
          [after, expected?.after],
        ] as const) {
          if (isShare) expect(Math.abs(printed / 100 - value), line).toBeLessThanOrEqual(0.000501);
          else expectWithin(printed, value, 0.0051, line);
        }
      }
    });

    test('the baseline is the given one, or the one that the rule gives', () => {
      const [{ baseline }, { chosen, candidates }] = both(place);
      if ('baseline_from' in args) {
        expect(baseline).toMatchObject({ from: args.baseline_from, to: args.baseline_to, chosen_of: null });
      } else {
        expect({ from: baseline.from, to: baseline.to }).toEqual(chosen);
        expect(baseline.chosen_of).toBe(candidates);
      }
    });
  });

  test('nearer times that are worse are passed over, and only these', () => {
    const passedOver = answers.map(({ baseline }) => baseline.passed_over.length);
    expect(passedOver).toEqual([0, 2, 2, 0, 0, 0, 0]);
  });

  test('many kinds of changes were looked at', () => {
    const kinds = new Set(answers.flatMap(({ changes }) => changes.map(({ kind }) => kind)));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        ...['error-pattern', 'fewer-errors', 'pattern', 'metric'],
        ...['rate', 'new-operation', 'duration', 'own-time', 'call-time'],
      ]),
    );
  });

  test('the fault is a cause, since it began', () => {
    expect(both(0)[0].causes).toContainEqual(
      expect.objectContaining({ kind: 'errors', workload: 'ts-contacts-service', since: incident.from_time }),
    );
  });

  test('no time differs from itself', async () => {
    const [baseline_from, baseline_to] = [incident.from_time, incident.to_time];
    const same = await compareAsJson({ ...incident, baseline_from, baseline_to });
    expect(same).toMatchObject({ changes_total: 0, changes: [], causes: [] });
    expect(same.spans.baseline).toBe(same.spans.window);
  });

  test('what a key may not see changes nothing of its answers', async () => {
    const { product, assistant } = running();
    const connectWith = async (...limits: readonly string[]): Promise<Assistant> =>
      connect('modern', product.mcpUrl, await createKey(product.dataDir, '--role', 'query', ...limits));
    const [limited, elsewhere] = [
      await connectWith('--namespace', 'ts'),
      await connectWith('--cluster', 'other'),
    ];
    const asJson = { ...incident, format: 'json' };
    try {
      const before = [await compare(incident), await compare(asJson)];
      const [{ baseline }] = both(0);
      await sendHidden(product.otlpUrl, assistant, {
        ...{ from: baseline.from, middle: incident.from_time, to: incident.to_time },
      });
      const unlimited = await compare(incident);
      expect(unlimited).toContain('vault');
      expect(unlimited).not.toBe(before[0]);
      expect([await compare(incident, limited), await compare(asJson, limited)]).toEqual(before);
      const nothing = await compare(incident, elsewhere);
      expect(nothing).toContain('no spans, logs or metrics of the window match');
      expect(nothing).not.toMatch(/ts-|vault/);
    } finally {
      await limited.close();
      await elsewhere.close();
    }
  });
}

interface PrintedChange {
  readonly line: string;
  readonly number: number;
  readonly before: number;
  readonly after: number;
  readonly isShare: boolean;
  readonly samples: readonly [number, number];
}

/** The changes of a text whose values are shares or plain numbers. */
function printedChanges(text: string): PrintedChange[] {
  return text.split('\n').flatMap((line) => {
    const found =
      /^(\d+), .* (-?[\d.e+-]+)( %)? -> (-?[\d.e+-]+)(?: %| a minute)? \((\d+)(?:, (\d+))?\)(?:, .*)?$/.exec(
        line,
      );
    if (found === null) return [];
    const [, number, before, percent, after, old, now = old] = found;
    return [
      {
        line,
        ...{ number: Number(number), before: Number(before), after: Number(after) },
        isShare: percent !== undefined,
        samples: [Number(old), Number(now)],
      },
    ];
  });
}

function expectWithin(value: number, expected = Number.NaN, share: number, told: string): void {
  expect(Math.abs(value - expected), `${told}\nexpected ${expected}`).toBeLessThanOrEqual(
    share * Math.abs(expected),
  );
}
