import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Redaction } from '../../src/mcp/redaction/redaction.ts';
import { bodyShapes } from '../../src/store/log-patterns.ts';
import { join, sql } from '../../src/store/sql/sql.ts';
import { findPatterns } from '../../src/telemetry/log-pattern/log-patterns.ts';
import { secretCases } from '../redaction/secrets.ts';
import { limitedTo } from '../support/scope.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { openQueries } from './fixture.ts';

const start = 1_767_323_045_000_000_000n;
const hour = { from: start, to: start + 3_600_000_000_000n };

let engine: TestEngine;
let opened: Awaited<ReturnType<typeof openQueries>>;

beforeAll(async () => {
  engine = await startTestEngine();
  opened = await openQueries(engine, { now: () => hour.to });
}, 60_000);
afterAll(() => engine.close());

/** A body with a secret, and what of it is not to be shown. */
interface Given {
  readonly body: string;
  readonly secret: string;
}

/** The pattern of each body, and its example, redacted. */
async function shown(given: readonly Given[]): Promise<{ templates: string[]; examples: string[] }> {
  const table = opened.store.table('logs');
  if (table === undefined) throw new Error('no logs');
  const rows = given.map(({ body }, i) => sql`(fromUnixTimestamp64Nano(${start + BigInt(i)}), 'a', ${body})`);
  await engine.clickhouse.run(sql`TRUNCATE TABLE ${table.name}`);
  await engine.clickhouse.run(
    sql`INSERT INTO ${table.name} (Timestamp, ServiceName, Body) VALUES ${join(rows, ', ')}`,
  );
  const { shapes } = await bodyShapes(
    engine.clickhouse,
    table,
    { window: hour, scope: limitedTo(), baseline: undefined, bucket: hour.to, most: 8000 },
    {},
  );
  // Each by itself, as what varies between bodies is shown of none.
  const patterns = new Redaction().all(shapes.flatMap((shape) => findPatterns([shape], undefined)));
  expect(patterns.reduce((sum, { window }) => sum + window.rows, 0)).toBe(given.length);
  return {
    templates: patterns.map(({ template }) => template),
    examples: patterns.map(({ example }) => example),
  };
}

/** Four characters in a row of a text, all of them. */
const piecesOf = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - 3) }, (_, i) => text.slice(i, i + 4));

/** Those that show a piece of a secret that no body shows once it is redacted as a whole. */
function leaks(texts: readonly string[], given: readonly Given[]): string[] {
  const visible = [...new Set(given.map(({ body }) => new Redaction().text(body)))].join('\n');
  const secrets = [...new Set(given.map(({ secret }) => secret))];
  const hidden = [...new Set(secrets.flatMap(piecesOf))].filter((piece) => !visible.includes(piece));
  expect(hidden.length).toBeGreaterThan(secrets.length);
  return texts.filter((text) => hidden.some((piece) => text.includes(piece)));
}

/** Whether redaction hides all of the secret in the body as a whole. */
function isHidden({ body, secret }: Given): boolean {
  const visible = new Redaction().text(body);
  return piecesOf(secret).every((piece) => !visible.includes(piece));
}

const filler = (length: number): string => 'so it goes on and on '.repeat(100).slice(-length - 1, -1);

/** Bodies in which a cut at so many characters falls on each character of each secret. */
const cutAt = (length: number, every: number): Given[] =>
  secretCases.flatMap(({ text, secret }) => {
    const end = text.indexOf(secret) + 1;
    return Array.from({ length: Math.ceil(Math.min(secret.length, 90) / every) }, (_, i) => ({
      body: `${filler(length - end - i * every)} ${text} and so on`,
      secret,
    }));
  });

test('no pattern that is cut within a secret shows a part of it', async () => {
  const given = cutAt(299, 1);
  const { templates } = await shown(given);
  expect(leaks(templates, given)).toEqual([]);
});

test('no example that is cut within a secret shows a part of it', async () => {
  // Numbers of cards have blanks, where words end; only what comes long before the cut is shown.
  const given = cutAt(1999, 9).filter(({ secret }) => !/^[\d ]+$/.test(secret));
  const { examples } = await shown(given);
  expect(leaks(examples, given)).toEqual([]);
});

test('no pattern shows what is left of a secret of which a part is taken for a value', async () => {
  const part = fc.constantFrom(
    '12',
    'horse',
    '7x7x',
    'deadbeef01',
    '-',
    '!',
    '.',
    '_',
    '~',
    'aB3',
    '2026-01-02',
  );
  const other = fc.array(part, { minLength: 2, maxLength: 5 }).map((parts) => parts.join(''));
  const assigned = secretCases.filter(({ kind }) => /password|token|secret|cookie/.test(kind));
  const draw = fc.tuple(fc.constantFrom(...assigned), other).map(([{ text, secret }, value]) => ({
    body: `got ${text.replaceAll(secret, value)} here`,
    secret: value,
  }));
  const given = fc.sample(draw, { numRuns: 1000, seed: 6 }).filter(isHidden);
  const { templates } = await shown(given);
  expect(leaks(templates, given)).toEqual([]);
});

test('no pattern shows what is left of a token in which digits and letters stand elsewhere', async () => {
  const known = secretCases.filter(({ secret }) => secret.length >= 20 && !/\s/.test(secret));
  const draw = fc.tuple(fc.constantFrom(...known), fc.nat(40), fc.nat(40)).map(([{ text, secret }, i, j]) => {
    // Its own letters and digits, turned around behind what it begins with.
    const [begin, rest] = [secret.slice(0, 12), secret.slice(12)];
    const at = i % (rest.length + 1);
    const turned = `${rest.slice(at)}${rest.slice(0, at)}`.replace(/\d/g, (digit, place: number) =>
      place % 5 === j % 5 ? digit : 'x',
    );
    return { body: `got ${text.replaceAll(secret, begin + turned)} here`, secret: begin + turned };
  });
  const given = fc.sample(draw, { numRuns: 1500, seed: 7 }).filter(isHidden);
  const { templates } = await shown(given);
  expect(leaks(templates, given)).toEqual([]);
});
