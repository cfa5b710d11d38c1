import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wrongArguments } from './cases/arguments.ts';
import { wrongComparisons } from './cases/comparison.ts';
import { wrongNames } from './cases/names.ts';
import { otherLanguages } from './cases/other-languages.ts';
import { wrongPromql } from './cases/promql.ts';
import { wrongValues } from './cases/values.ts';
import { type ShopTools, startShopTools } from './shop-tools.ts';
import type { WrongCall } from './wrong-call.ts';

const groups: Readonly<Record<string, readonly WrongCall[]>> = {
  names: wrongNames,
  values: wrongValues,
  'other-languages': otherLanguages,
  promql: wrongPromql,
  arguments: wrongArguments,
  comparison: wrongComparisons,
};

let tools: ShopTools;
beforeAll(async () => {
  tools = await startShopTools();
});
afterAll(() => tools?.close());

describe.each(Object.entries(groups))('%s', (name, calls) => {
  test('what a client reads of each', async () => {
    const texts: string[] = [];
    const wrong: string[] = [];
    for (const call of calls) {
      const shown = `${call.tool} ${JSON.stringify(call.args)}`;
      const { text, isError } = await tools.call(call.tool, call.args);
      texts.push(`${shown}\n${indented(isError ? text : withoutRows(text))}\n`);
      if (isError !== (call.taken === undefined)) wrong.push(`${shown} is ${isError ? 'refused' : 'taken'}`);
      if (call.says !== undefined && !withoutEcho(text).includes(call.says))
        wrong.push(`${shown}\n  lacks: ${call.says}\n  in: ${text}`);
      if (call.right === undefined) continue;
      const right = await tools.call(call.tool, call.right);
      if (right.isError) wrong.push(`${JSON.stringify(call.right)} is no way out: ${right.text}`);
    }
    await expect(`${texts.join('\n')}`).toMatchFileSnapshot(`answers/${name}.txt`);
    expect(wrong).toEqual([]);
  });
});

test('most calls can be put right by what the text says', () => {
  const all = Object.values(groups).flat();
  expect(all.length).toBeGreaterThanOrEqual(150);
  expect(all.filter(({ says }) => says !== undefined).length / all.length).toBeGreaterThanOrEqual(0.9);
});

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

/** Without the lines that repeat what was sent, above the carets. */
const withoutEcho = (text: string): string => text.replaceAll(/^ {2}.*\n {2} *\^+$/gm, '');

/** The head, the filter as it was read, notes and what else is said, without the records or groups. */
function withoutRows(text: string): string {
  const lines = text.split('\n');
  return lines.filter((line, i) => i === 0 || /^(filter|note|more): /.test(line)).join('\n');
}
