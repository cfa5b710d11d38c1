import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Limits } from '../../../src/access/principal.ts';
import type { ApiCase, ToolCase } from './case.ts';
import { analyzeCases } from './cases/analyze.ts';
import { comparisonCases } from './cases/comparison.ts';
import { discoveryCases } from './cases/discovery.ts';
import { investigationCases } from './cases/investigation.ts';
import { kubernetesCases } from './cases/kubernetes.ts';
import { apiCases, promqlCases } from './cases/promql.ts';
import { searchCases } from './cases/search.ts';
import { telemetryCases } from './cases/telemetry.ts';
import { askConsole } from './console-door.ts';
import { openMcp } from './mcp-door.ts';
import { type LimitedKey, limitedKeys, origins, sees } from './origins.ts';
import { canariesIn, requestsOf, stemOf } from './telemetry.ts';
import { openWorlds, type World, type Worlds } from './worlds.ts';

/**
 * A limited key, beside telemetry that it may not see, reads byte by byte what it reads where that was never
 * recorded: whatever it asks, errors included. A key without limits asks first, so that nothing that is
 * remembered of its questions can be seen either.
 */

let worlds: Worlds;
beforeAll(async () => {
  worlds = await openWorlds();
}, 300_000);
afterAll(() => worlds?.close());

type Case = ToolCase | ApiCase;

const fullKey: LimitedKey = { name: 'full', limits: {} };

/** Everything that is told of a case, of all pages. */
async function tell(world: World, one: Case, key: LimitedKey, format: string): Promise<string> {
  if ('path' in one) return world.get(one.path, one.parameters, key.name);
  const answers: string[] = [];
  let cursor: string | undefined;
  do {
    const args = { ...one.args, format: one.pages ? 'json' : format, ...(cursor && { cursor }) };
    answers.push(await world.call(one.tool, args, key.limits));
    cursor = one.pages && nextCursor(answers.at(-1) ?? '');
  } while (cursor !== undefined);
  return answers.join('\n\n');
}

function nextCursor(text: string): string | undefined {
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== 'object' || answer === null || !('next_cursor' in answer)) return undefined;
  return typeof answer.next_cursor === 'string' ? answer.next_cursor : undefined;
}

/** What begins like a name of what a key sees nothing of. */
const hiddenStems = (limits: Limits): Set<string> => {
  const stems = (visible: boolean): string[] => {
    const of = origins.filter((origin) => sees(limits, origin) === visible);
    return [...canariesIn(JSON.stringify(of.flatMap(requestsOf)))].map(stemOf);
  };
  const seen = new Set(stems(true));
  return new Set(stems(false).filter((stem) => !seen.has(stem)));
};

/** Words of an answer that its call does not hold, and that a key should not know. */
function leaks(answer: string, call: unknown, hidden: ReadonlySet<string>): string[] {
  const said = JSON.stringify(call);
  return [...canariesIn(answer)].filter((word) => hidden.has(stemOf(word)) && !said.includes(word));
}

/** A few at a time, as clients ask. */
async function eachOf<T>(items: readonly T[], ask: (item: T, index: number) => Promise<void>): Promise<void> {
  const entries = items.entries();
  const asker = async (): Promise<void> => {
    for (const [index, item] of entries) await ask(item, index);
  };
  await Promise.all([asker(), asker(), asker(), asker()]);
}

const lists: readonly (readonly [string, readonly Case[]])[] = [
  ['searches', searchCases],
  ['analyses of records', analyzeCases],
  ['discovery', discoveryCases],
  ['investigation', investigationCases],
  ['PromQL', promqlCases],
  ['several queries and formulas', telemetryCases],
  ['comparisons of windows', comparisonCases],
  ["Prometheus' API", apiCases],
  ['changes of clusters', kubernetesCases],
];

declare module 'vitest' {
  interface ProvidedContext {
    /** Every how manieth case each key but the narrowest asks. Odd, so that both forms of answers are asked for. */
    casesApart?: number;
  }
}

/** The narrowest key asks everything, the others different cases each. */
const casesApart = inject('casesApart') ?? 9;
const isAskedBy = (keyIndex: number, index: number): boolean =>
  keyIndex === 0 || (index + keyIndex) % casesApart === 0;
const formats = ['json', 'compact'] as const;
const formatOf = (index: number): string => formats[index % 2] ?? 'json';

describe.each(lists)('%s', (_, cases) => {
  const ofFullKey: string[] = [];

  test('answer a key without limits', async () => {
    await eachOf(cases, async (one, i) => {
      ofFullKey[i] = await tell(worlds.whole, one, fullKey, formatOf(i));
    });
  }, 300_000);

  test.each(limitedKeys.map((key, i) => ({ ...key, i })))(
    'hide from a key limited by $name what it may not see',
    async (key) => {
      const hidden = hiddenStems(key.limits);
      const visible = worlds.visibleTo(key);
      const leaking: unknown[] = [];
      const alike: unknown[] = [];
      await eachOf(cases, async (one, i) => {
        if (!isAskedBy(key.i, i)) return;
        const answer = await tell(worlds.whole, one, key, formatOf(i));
        const expected = await tell(visible, one, key, formatOf(i));
        const found = leaks(answer, one, hidden);
        if (answer !== expected || found.length > 0) leaking.push({ one, found, answer, expected });
        if (key.i === 0 && answer === ofFullKey[i]) alike.push(one);
      });
      expect(leaking).toEqual([]);
      // Most say something of what is hidden to whoever may see it: else the comparison would say nothing.
      expect(alike.length / cases.length, JSON.stringify(alike)).toBeLessThan(0.3);
    },
    300_000,
  );
});

test.each(limitedKeys)(
  'a cursor from before a key was limited by $name shows it nothing more',
  async (key) => {
    for (const order of ['newest', 'oldest', 'slowest']) {
      const args = { order, limit: 4, format: 'json', from_time: 'now-6h', to_time: 'now+1h' };
      const cursor = nextCursor(await worlds.whole.call('search-traces', args, {}));
      if (cursor === undefined) throw new Error('there is one page alone');
      const answer = await worlds.whole.call('search-traces', { ...args, cursor }, key.limits);
      expect(answer).toBe(await worlds.visibleTo(key).call('search-traces', { ...args, cursor }, key.limits));
      expect(leaks(answer, args, hiddenStems(key.limits))).toEqual([]);
    }
  },
);

describe('beside the tools', () => {
  test.each(limitedKeys)('MCP tells a key limited by $name of nothing else', async (key) => {
    const keys = [fullKey, key];
    const [whole, visible] = await Promise.all([
      openMcp(worlds.whole, keys),
      openMcp(worlds.visibleTo(key), keys),
    ]);
    try {
      const ofFullKey = await whole.tell(fullKey);
      const answers = await whole.tell(key);
      expect(answers).toEqual(await visible.tell(key));
      expect(leaks(answers.join(), 'kubesense://canarybank', hiddenStems(key.limits))).toEqual([]);
      // Instructions of either era say since when there is data, and completions name what is seen.
      const differing = answers.filter((answer, i) => answer !== ofFullKey[i]);
      const completions = differing.filter((answer) => answer.startsWith('completion/complete 200'));
      expect(completions.length > 0).toBe(key.limits.namespaces !== undefined);
      expect(differing).toHaveLength(2 + completions.length);
    } finally {
      await Promise.all([whole.close(), visible.close()]);
    }
  });

  test.each(limitedKeys)('the console tells an admin limited by $name of nothing else', async (key) => {
    const { full, limited } = await askConsole(worlds.whole, key);
    const { limited: expected } = await askConsole(worlds.visibleTo(key), key);
    expect(limited).toEqual(expected);
    // A key of one kind of limits sees all names of the other kind.
    const alike = full.filter((answer, i) => answer === limited[i] && !answer.startsWith('/scope-values'));
    expect(alike.map((answer) => answer.slice(0, answer.indexOf(' ')))).toEqual(['/connect', '/tools']);
  });
});
