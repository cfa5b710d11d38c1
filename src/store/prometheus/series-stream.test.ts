import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelSetsOf } from './series-stream.ts';

async function read(text: string, cuts: readonly number[] = []): Promise<unknown[]> {
  const bytes = Buffer.from(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  async function* chunks() {
    let from = 0;
    for (const end of ends) {
      yield bytes.subarray(from, end);
      from = end;
    }
  }
  const sets: unknown[] = [];
  for await (const set of labelSetsOf(chunks())) sets.push(set);
  return sets;
}

describe('labelSetsOf', () => {
  test('gives each label set, wherever the bytes are cut', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', 'é') }),
    );
    const set = fc.dictionary(fc.string({ minLength: 1 }), value, { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(set, { maxLength: 4 }),
        fc.array(fc.nat(500), { maxLength: 5 }),
        async (data, cuts) => {
          const answer = JSON.stringify({ status: 'success', isPartial: false, data, warnings: ['{"x"'] });
          expect(await read(answer, cuts)).toEqual(JSON.parse(JSON.stringify(data)));
        },
      ),
    );
  });

  test.each(['', '{"status":"success","data":[{"a":"b"}', 'busy', '{"status":"success","data":[{"a":5}]}'])(
    'refuses %j',
    async (text) => {
      await expect(read(text)).rejects.toMatchObject({ name: 'StoreError' });
    },
  );
});
