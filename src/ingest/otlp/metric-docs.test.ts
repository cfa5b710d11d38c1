import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  gauge,
  type Json,
  metricsRequest,
  newYear,
  textAttribute,
} from '../../../test/ingest/otlp-messages.ts';
import { translate } from '../../../test/ingest/translated.ts';
import { labelLimits } from '../metric-admission.ts';
import { mostBuckets } from './metric-model.ts';

const text = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, cell by cell. */
function table(heading: string): string[][] {
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const rows =
    section
      .split('\n## ', 1)[0]
      ?.split('\n')
      .filter((line) => line.startsWith('|')) ?? [];
  return rows.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const point: Json = { timeUnixNano: String(newYear) };
const cumulative = (fields: Json): Json => ({
  aggregationTemporality: 2,
  dataPoints: [{ ...Object(point), ...Object(fields) }],
});
const kinds: Readonly<Record<string, Json>> = {
  gauge: { gauge: { dataPoints: [{ ...Object(point), asDouble: 1 }] } },
  'monotonic sum': { sum: { isMonotonic: true, ...Object(cumulative({ asDouble: 1 })) } },
  'other sum': { sum: cumulative({ asDouble: 1 }) },
  histogram: { histogram: cumulative({ count: '1', sum: 1 }) },
  'exponential histogram': { exponentialHistogram: cumulative({ count: '1', sum: 1 }) },
  summary: { summary: { dataPoints: [{ ...Object(point), quantileValues: [{ quantile: 0.5, value: 1 }] }] } },
};

describe('docs/metrics.md', () => {
  test.each(table('Names'))('%s %s in %s is %s', (kind, name, unit, series) => {
    const request = metricsRequest([{ name, unit, ...Object(kinds[kind ?? '']) }], []);
    const names = translate(request).series.map(({ labels }) => {
      const [bound] = [...labels].map(([label]) => label).filter((label) => label !== '__name__');
      return bound === undefined ? labels.metricName : `${labels.metricName}{${bound}}`;
    });
    expect(names.join(', ')).toBe(series);
  });

  test.each(table('Labels'))('the label %s is %s', (label = '', attributes = '') => {
    const all = attributes.split(', ');
    for (const [i, key] of all.entries()) {
      const resource = all.slice(i).map((name) => textAttribute(name, `of ${name}`));
      const [series] = translate(metricsRequest([gauge('m', 1)], resource)).series;
      expect(series?.labels.get(label)).toBe(`of ${key}`);
    }
  });

  test('names all labels of a resource', () => {
    const keys = new Set(table('Labels').flatMap(([, attributes = '']) => attributes.split(', ')));
    const resource = [...keys].map((key) => textAttribute(key, 'v'));
    const [series] = translate(metricsRequest([gauge('m', 1)], resource)).series;
    const labels = [...(series?.labels ?? [])].map(([name]) => name).filter((name) => name !== '__name__');
    expect(labels).toEqual(
      table('Labels')
        .map(([label]) => label)
        .sort(),
    );
  });

  test('says the limits', () => {
    const { labels, nameBytes, valueBytes } = labelLimits;
    const values = table('Limits').map(([, value]) => Number(value?.replaceAll(',', '')));
    expect(values).toEqual([labels, nameBytes, valueBytes, mostBuckets, 24]);
  });

  test('finds its tables', () => {
    expect(['Names', 'Labels', 'Limits'].map((heading) => table(heading).length)).toEqual([10, 13, 5]);
  });
});
