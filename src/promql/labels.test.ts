import { describe, expect, test } from 'vitest';
import { compareText, isLabelName, Labels } from './labels.ts';

const labels = Labels.from({ job: 'api', __name__: 'up', instance: 'a:1', __type__: 'gauge' });

describe('labels', () => {
  test('are sorted by name, without empty values', () => {
    expect(Labels.from({ b: '2', a: '1', c: '' }).pairs).toEqual(['a', '1', 'b', '2']);
    expect(Labels.from([['a', '1']] as const).key).toBe(Labels.from({ a: '1' }).key);
    expect(Labels.from({}).key).toBe(Labels.EMPTY.key);
  });

  test('have a key that no value can forge', () => {
    const keys = [
      Labels.from({ a: '1', b: '2' }),
      Labels.from({ a: '1b2' }),
      Labels.from({ a: '1\u0000b\u00002' }),
      Labels.from({ ab: '12' }),
    ].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('are kept, dropped and changed without changing the set itself', () => {
    expect(labels.keep(new Set(['job', 'nope'])).toObject()).toEqual({ job: 'api' });
    expect(labels.drop(new Set(['job', 'nope'])).has('job')).toBe(false);
    expect(labels.dropMetadata().toObject()).toEqual({ job: 'api', instance: 'a:1' });
    expect(labels.with('job', '').has('job')).toBe(false);
    expect(labels.with('k', 'v').pairs).toEqual([...labels.pairs, 'k', 'v']);
    expect(labels.with('a', 'v').pairs.slice(4, 6)).toEqual(['a', 'v']);
    expect(labels.with('job', 'web').get('job')).toBe('web');
    expect(labels.get('job')).toBe('api');
  });

  test('agree in a key of some of them', () => {
    const other = Labels.from({ job: 'api', instance: 'b:1' });
    expect(labels.keyOf(new Set(['job']))).toBe(other.keyOf(new Set(['job'])));
    expect(labels.keyOf(new Set(['instance']))).not.toBe(other.keyOf(new Set(['instance'])));
    const except = new Set(['__name__', '__type__', 'instance']);
    expect(labels.keyOf(except, true)).toBe(other.keyOf(except, true));
  });

  test('are ordered by the first difference, then by how many there are', () => {
    const sets = [
      Labels.from({ a: '1' }),
      Labels.from({ a: '1', b: '1' }),
      Labels.from({ a: '2' }),
      Labels.from({ b: '0' }),
    ];
    expect([...sets].reverse().sort((a, b) => a.compare(b))).toEqual(sets);
  });

  test('are written as Prometheus writes them', () => {
    expect(`${Labels.from({ __name__: 'up', 'x y': 'a"\\\n' })}`).toBe(
      '{__name__="up", "x y"="a\\"\\\\\\n"}',
    );
  });
});

test('labels as JSON are their object, with what has to be escaped', () => {
  const labels = { __name__: 'm', 'a "quoted" name': '1', b: 'back\\slash\n\u0001', c: 'ü€😀' };
  expect(Labels.from(labels).json).toBe(JSON.stringify(labels));
  expect(Labels.EMPTY.json).toBe('{}');
});

test('text is ordered by its bytes in UTF-8', () => {
  const texts = ['', 'a', 'aa', 'b', 'é', '\uE000', '\uFFFD', '😀', '😁'];
  const byBytes = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect([...texts].reverse().sort(compareText)).toEqual(byBytes);
});

test('a label name is any text of whole characters', () => {
  expect(['job', 'x y', 'größe', ' '].every(isLabelName)).toBe(true);
  expect(['', '\uDCFF', 'a\uD800'].some(isLabelName)).toBe(false);
});
