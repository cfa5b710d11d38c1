import { expect, test } from 'vitest';
import { type Answer, difference } from './compare.ts';

const answer = (data: object, more: object = {}): Answer => ({
  status: 200,
  body: { status: 'success', data, ...more },
});
const vector = (...values: (readonly [job: string, value: string])[]): object => ({
  resultType: 'vector',
  result: values.map(([job, value]) => ({ metric: { job }, value: [60, value] })),
});
const one = answer(vector(['a', '1']));

test.each<[what: string, theirs: Answer, ours: Answer]>([
  ['itself', one, one],
  ['another order of series', answer(vector(['a', '1'], ['b', '2'])), answer(vector(['b', '2'], ['a', '1']))],
  ['a value that is as good as the same', one, answer(vector(['a', '1.0000000005']))],
  [
    'a warning that quotes such a value',
    answer({}, { warnings: ['got 1 (1:2)'] }),
    answer({}, { warnings: ['got 1.0000000005 (1:2)'] }),
  ],
  [
    'another text of an error',
    { status: 400, body: { error: 'no' } },
    { status: 400, body: { error: 'never' } },
  ],
])('%s agrees', (_, theirs, ours) => expect(difference('up', theirs, ours)).toBeUndefined());

test.each<[what: string, theirs: Answer, ours: Answer]>([
  ['a value', one, answer(vector(['a', '1.00000001']))],
  ['a value that is none', one, answer(vector(['a', 'NaN']))],
  ['a sign', one, answer(vector(['a', '-1']))],
  ['a label', one, answer(vector(['b', '1']))],
  ['a series too many', one, answer(vector(['a', '1'], ['b', '1']))],
  ['no series', one, answer(vector())],
  ['a type', answer({ resultType: 'vector', result: [] }), answer({ resultType: 'matrix', result: [] })],
  ['a status', one, { status: 422, body: {} }],
  ['a warning', answer({}, { warnings: ['x'] }), answer({})],
  ['the place of an info', answer({}, { infos: ['x (1:2)'] }), answer({}, { infos: ['x (1:3)'] })],
  [
    'how many warnings are omitted',
    answer({}, { warnings: ['x', '2 more warning annotations omitted'] }),
    answer({}, { warnings: ['x'] }),
  ],
])('%s makes a difference', (_, theirs, ours) => expect(difference('up', theirs, ours)).toBeDefined());

test('the order counts where the query sorts', () => {
  const [ascending, descending] = [vector(['a', '1'], ['b', '2']), vector(['b', '2'], ['a', '1'])].map(
    (data) => answer(data),
  );
  if (ascending === undefined || descending === undefined) throw new Error('no answers');
  expect(difference('sort_by_label(up, "job")', ascending, descending)).toBeDefined();
});
