import { z } from 'zod';
import type { AuditRecord } from '../../../src/observe/audit.ts';
import { createAdminQueries } from '../../../src/query/admin-queries.ts';
import { type Browser, start, startConsole } from '../../console/fixture-console.ts';
import { waitFor } from '../../support/wait.ts';
import type { LimitedKey } from './origins.ts';
import type { World } from './worlds.ts';

/**
 * The console over a world, in which every origin has a key and made calls. An admin without limits asks
 * everything first, then one with the limits of the key: all answers, in which ids of keys are
 * replaced by their names.
 */
export async function askConsole(
  world: World,
  key: LimitedKey,
): Promise<Record<'full' | 'limited', string[]>> {
  const product = await startConsole({
    queries: createAdminQueries(world.context),
    tools: {
      list: world.tools,
      call: async (name, args, { principal }) => {
        if (!world.tools.some((tool) => tool.name === name)) return undefined;
        return {
          isError: false,
          text: await world.call(name, z.record(z.string(), z.unknown()).parse(args), principal.limits),
        };
      },
    },
  });
  try {
    const names = new Map<string, string>();
    for (const { cluster, namespace, tag = 'shop' } of world.origins) {
      const limits = {
        ...(cluster !== undefined && { clusters: [cluster] }),
        ...(namespace !== undefined && { namespaces: [namespace] }),
      };
      const input = { name: `${tag}-key`, roles: ['query'], limits };
      const { record } = await product.keys.create(input, new Date(start));
      names.set(record.id, record.name);
    }
    const full = await product.admin({ name: 'full-admin' });
    const limited = await product.admin({ name: 'limited-admin', limits: key.limits });
    names.set(full.id, 'full-admin').set(limited.id, 'limited-admin');
    await world.store.audit?.insert(
      [...names].reverse().map(auditOf),
      limited.id,
      new AbortController().signal,
    );
    // The last origin has neither cluster nor namespace: no limited admin knows of its key.
    const hidden = world.origins.at(-1)?.tag === 'canarynone' ? [...names.keys()].at(-3) : undefined;
    const other = hidden ?? 'ffffffffffff';
    const ofFull = await askAll(full.browser, other, names);
    const ofLimited = await askAll(limited.browser, other, names);
    const beyond = { name: 'more', roles: ['query'], limits: { namespaces: ['canarybank'] } };
    ofLimited.push(await limited.browser.post('/keys', beyond).then(({ body }) => body));
    ofLimited.push(await limited.browser.delete(`/keys/${other}`).then(({ body }) => body));
    return { full: ofFull, limited: ofLimited };
  } finally {
    await product.stop();
  }
}

const auditOf = ([keyId, keyName]: readonly [string, string], i: number): AuditRecord => ({
  time: start - 60_000 * (i + 1),
  keyId,
  keyName,
  action: 'search-logs',
  query: JSON.stringify({ filters: `workload = "${keyName}"` }),
  rows: i,
  durationMs: 7,
  outcome: 'ok',
});

async function askAll(
  browser: Browser,
  other: string,
  names: ReadonlyMap<string, string>,
): Promise<string[]> {
  const told: string[] = [];
  const note = (request: string, { status, body }: { readonly status: number; readonly body: string }) => {
    told.push(
      [...names].reduce((all, [id, name]) => all.replaceAll(id, name), `${request} ${status} ${body}`),
    );
  };
  for (const path of paths) note(path, await whole(() => browser.get(path)));
  note('/audit of another key', await browser.get(`/audit?key_id=${other}`));
  for (const [tool, body] of calls) {
    note(`${tool} ${JSON.stringify(body)}`, await browser.post(`/tools/${tool}`, body));
  }
  return told;
}

/** On a busy machine the store may not tell its numbers in time; they are asked for until it does. */
const whole = <T extends { readonly body: string }>(ask: () => Promise<T>): Promise<T> =>
  waitFor('an answer with all numbers', 60_000, async () => {
    const answer = await ask();
    return answer.body.includes('"rows":null') ? undefined : answer;
  });

const paths = [
  '/keys',
  '/scope-values?kind=namespaces',
  '/scope-values?kind=clusters',
  '/status',
  '/audit',
  '/audit?tool=search-logs&limit=1',
  '/audit?outcome=ok',
  '/connect',
  '/tools',
];

const args = { filters: 'workload = cart', format: 'json' };

/** Of Try it, with limits within those of the admin and beyond. */
const calls: readonly (readonly [tool: string, body: object])[] = [
  ['search-logs', { arguments: args }],
  ['search-logs', { arguments: args, limits: { namespaces: ['canarybank', 'shop'] } }],
  ['search-traces', { arguments: args, limits: { namespaces: ['canarybank'] } }],
  ['analyze-logs', { arguments: { groupBy: ['namespace', 'cluster'] }, limits: { clusters: ['canaryus'] } }],
  ['get-available-metrics', { arguments: {}, limits: {} }],
  ['analyze-metrics', { arguments: { promql: 'count by (namespace) ({__name__=~".+"})' } }],
];
