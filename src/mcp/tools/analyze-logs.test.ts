import { describe, expect, test } from 'vitest';
import {
  analyzeResult,
  call,
  instantSeries,
  mark,
  rangeSeries,
  stubQueries,
} from '../../../test/mcp/stub-queries.ts';
import type { AnalyzeResult } from '../../query/results.ts';
import { analyzeLogs } from './analyze-logs.ts';

function compact(result: AnalyzeResult, args = {}): Promise<string> {
  return analyzeLogs(stubQueries({ analyze: result })).answer(args, call(), mark);
}

const groups = [
  instantSeries({ workload: 'ts-basic-service', level: 'ERROR' }, 220),
  instantSeries({ workload: 'ts-food-service', level: 'ERROR' }, 184),
  instantSeries({ workload: '(none)', level: 'ERROR' }, 128),
];

/** 08:40:00 UTC, where the first bucket of the window starts. */
const start = 1_674_981_600;

describe('one value for the window', () => {
  test('without groups', async () => {
    const text = await compact(analyzeResult('logs', [instantSeries({}, 921)]));
    expect(text).toMatchInlineSnapshot(`"row_count: 921; 921 logs; 2023-01-29 08:41:00 to 10:30:00 UTC"`);
  });

  test('of nothing', async () => {
    const aggregation = { function: 'avg', field: 'body_length' } as const;
    const more = {
      aggregation,
      unit: 'characters',
      rowsMatched: 0,
      notes: ['there are no logs at all'],
    } as const;
    expect(await compact(analyzeResult('logs', [instantSeries({}, null)], more))).toMatchInlineSnapshot(`
      "avg(body_length) in characters: no value; 0 logs; 2023-01-29 08:41:00 to 10:30:00 UTC
      note: there are no logs at all"
    `);
  });

  test('in groups', async () => {
    const more = { groupsTotal: 46, shareShown: 0.5776, filter: 'level = "ERROR"', filterRewritten: true };
    expect(await compact(analyzeResult('logs', groups, more))).toMatchInlineSnapshot(`
      "row_count by workload, level; 3 of 46 groups with 57.8 % of 921 logs; highest first; 2023-01-29 08:41:00 to 10:30:00 UTC
      filter: level = "ERROR"
      <untrusted-483920>
      all rows:	level=ERROR
      workload	row_count
      ts-basic-service	220
      ts-food-service	184
      (none)	128
      </untrusted-483920>
      more: 43 more groups: raise limit (up to 200), or narrow the filter"
    `);
  });

  test('in no group', async () => {
    expect(
      await compact(analyzeResult('logs', [], { groupBy: ['workload'], rowsMatched: 0 })),
    ).toMatchInlineSnapshot(
      `"row_count by workload; 0 groups of 0 logs; 2023-01-29 08:41:00 to 10:30:00 UTC"`,
    );
  });

  test('names what no longer fits', async () => {
    const many = Array.from({ length: 200 }, (_, i) =>
      instantSeries({ '@user': `user ${i} ${'y'.repeat(300)}` }, 400 - i),
    );
    const text = await compact(analyzeResult('logs', many, { groupsTotal: 3000, rowsMatched: 100_000 }), {
      max_tokens: 1000,
    });
    expect(text).toMatchInlineSnapshot(`
      "row_count by @user; 22 of 3000 groups with 8.6 % of 100000 logs; highest first; 2023-01-29 08:41:00 to 10:30:00 UTC
      <untrusted-483920>
      @user	row_count
      user 0 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	400
      user 1 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	399
      user 2 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	398
      user 3 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	397
      user 4 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	396
      user 5 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	395
      user 6 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	394
      user 7 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	393
      user 8 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	392
      user 9 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+247]…yyyyyyyyyyyyyyyyyyyy	391
      user 10 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	390
      user 11 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	389
      user 12 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	388
      user 13 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	387
      user 14 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	386
      user 15 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	385
      user 16 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	384
      user 17 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	383
      user 18 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	382
      user 19 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	381
      user 20 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	380
      user 21 yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…[+248]…yyyyyyyyyyyyyyyyyyyy	379
      </untrusted-483920>
      note: 22 values are cut: …[+N] stands for N characters left out; to see all, raise max_tokens (up to 25000), or group by fewer fields, or lower limit
      note: 178 more groups don't fit: raise max_tokens (up to 25000), or group by fewer fields, or lower limit"
    `);
  });
});

describe('a series', () => {
  test('without groups', async () => {
    const text = await compact(
      analyzeResult('logs', [rangeSeries({}, start, 300, [3, 0, 0, 0, 0, 7, 2])], {
        queryType: 'range',
        step: 300,
        partial: { first: true, last: false },
        rowsMatched: 12,
      }),
    );
    expect(text).toMatchInlineSnapshot(`
      "row_count every 5m; 12 logs; 2023-01-29 08:41:00 to 10:30:00 UTC
      min	max	avg	latest	total
      0	7	1.714	2	12
      bucket start	value
      2023-01-29 08:40*	3
      08:45 x4	0
      09:05	7
      09:10	2
      note: values are rounded to 3 or more significant digits; format "json" has them exact
      note: * is a partial bucket: cut by the window or by now
      note: xN: the same in N buckets from there on"
    `);
  });

  test('in groups, with buckets that have no value', async () => {
    const text = await compact(
      analyzeResult(
        'logs',
        [
          rangeSeries({ workload: 'a' }, start, 60, [null, 10.5, 12, null]),
          rangeSeries({ workload: 'b' }, start, 60, [1 / 3, null, 12, null]),
        ],
        {
          queryType: 'range',
          step: 60,
          aggregation: { function: 'avg', field: '@items' },
          partial: { first: true, last: true },
        },
      ),
    );
    expect(text).toMatchInlineSnapshot(`
      "avg(@items) by workload every 1m; 2 groups of 921 logs; highest max first; 2023-01-29 08:41:00 to 10:30:00 UTC
      <untrusted-483920>
      #	workload	min	max	avg	latest	total
      1	a	10.5	12	11.25	12	22.5
      2	b	0.3333	12	6.167	12	12.33
      bucket start	#1	#2
      2023-01-29 08:40*	-	0.3333
      08:41	10.5	-
      08:42	12	12
      08:43*	-	-
      </untrusted-483920>
      note: values are rounded to 3 or more significant digits; format "json" has them exact
      note: * is a partial bucket: cut by the window or by now"
    `);
  });

  test('of a thousand equal points in many groups needs no thinning', async () => {
    const zeros = new Array<number>(1000).fill(0);
    const series = Array.from({ length: 30 }, (_, i) => rangeSeries({ pod: `p${i}` }, start, 60, zeros));
    const text = await compact(analyzeResult('logs', series, { queryType: 'range', step: 60 }));
    expect(text).toContain(`2023-01-29 08:40 x1000${'\t0'.repeat(30)}\n`);
    expect(text).not.toContain('points are shown');
  });

  test('says how many groups have points, when not all do', async () => {
    const series = (groups: number, points: number) =>
      Array.from({ length: groups }, (_, i) =>
        rangeSeries(
          { pod: `checkout-${i}` },
          start,
          60,
          Array.from({ length: points }, (_, at) => ((i + 3) * 7919 * (at + 11)) % 100_003),
        ),
      );
    const advice = 'raise max_tokens (up to 25000), or group by fewer fields, or lower limit';
    const found = new Set<string | undefined>();
    for (let groups = 2; groups < 60; groups += 3) {
      const result = analyzeResult('logs', series(groups, 40), { queryType: 'range', step: 60 });
      for (const format of ['compact', 'json']) {
        const text = await compact(result, { max_tokens: 1000, format });
        found.add(text.match(/(?:no points|points of the first) [^:]*fit: [^"\n]*/)?.[0]);
      }
    }
    expect(found).toContain(`points of the first 3 groups alone fit: ${advice}`);
    expect(found).toContain(`points of the first group alone fit: ${advice}`);
    expect(found).toContain(`no points fit: ${advice}`);
    expect([...found].join()).not.toMatch(/first [01] groups/);
  });

  test('keeps the extremes when it is thinned', async () => {
    const values = Array.from({ length: 1000 }, (_, i) => 500 + (i % 7));
    values[123] = 90_001;
    values[777] = 17;
    const result = analyzeResult('logs', [rangeSeries({}, start, 60, values)], {
      queryType: 'range',
      step: 60,
    });
    const text = await compact(result, { max_tokens: 1000 });
    expect(text).toContain('10:43\t90001\n');
    expect(text).toContain('21:37\t17\n');
    expect(text).toMatch(/note: \d+ of 1000 points are shown, the extremes of each series among them/);
    const json = await compact(result, { max_tokens: 1000, format: 'json' });
    const points: [number, number][] = JSON.parse(json).series[0].points;
    expect(points).toContainEqual([start + 123 * 60, 90_001]);
    expect(points).toContainEqual([start + 777 * 60, 17]);
    expect(points.length).toBeLessThan(1000);
    expect(points).toEqual([...points].sort(([a], [b]) => a - b));
  });
});

describe('json', () => {
  test('of values', async () => {
    const text = await compact(
      analyzeResult('logs', groups.slice(0, 1), {
        groupsTotal: 46,
        shareShown: 0.5,
        filter: 'level = "ERROR"',
      }),
      { format: 'json' },
    );
    expect(JSON.parse(text)).toEqual({
      window: { from: '2023-01-29T08:41:00Z', to: '2023-01-29T10:30:00Z' },
      query_type: 'instant',
      step_s: null,
      filter: 'level = "ERROR"',
      groups_total: 46,
      groups_shown: 1,
      share_shown: 0.5,
      series: [
        {
          labels: { workload: 'ts-basic-service', level: 'ERROR' },
          value: 220,
          summary: { min: 220, max: 220, avg: 220, latest: 220, total: 220, count: 1 },
        },
      ],
      notes: [],
    });
  });

  test('of a series', async () => {
    const text = await compact(
      analyzeResult('logs', [rangeSeries({}, start, 300, [3, null, 4])], {
        queryType: 'range',
        step: 300,
        partial: { first: true, last: true },
      }),
      { format: 'json' },
    );
    expect(JSON.parse(text)).toMatchObject({
      query_type: 'range',
      step_s: 300,
      series: [
        {
          labels: {},
          points: [
            [start, 3],
            [start + 300, null],
            [start + 600, 4],
          ],
          summary: { min: 3, max: 4, avg: 3.5, latest: 4, total: 7, count: 2 },
        },
      ],
      notes: ['the first and last buckets are partial: cut by the window or by now'],
    });
  });

  test('says the share of the groups that fit', async () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ ...instantSeries({ pod: `p${i}` }, 7), rows: 5 }));
    const text = await compact(
      analyzeResult('logs', many, {
        aggregation: { function: 'max', field: '@n' },
        rowsMatched: 2000,
        shareShown: 0.5,
      }),
      { format: 'json', max_tokens: 1000 },
    );
    const { groups_shown, share_shown, series, notes } = JSON.parse(text);
    expect(groups_shown).toBeGreaterThan(5);
    expect(groups_shown).toBe(series.length);
    expect(share_shown).toBe((groups_shown * 5) / 2000);
    expect(notes.join()).toMatch(
      `${200 - groups_shown} more groups don't fit: raise max_tokens (up to 25000)`,
    );
  });
});
