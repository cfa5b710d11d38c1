import { names } from '../metrics/names.mjs';

/** The points of each series of a pod, by pod and name as Prometheus writes it, `name{label=value}`. */
export function metricsBySeries(points) {
  const series = new Map();
  for (const { name, milliseconds, value, ...attributes } of points) {
    const pod = attributes['@k8s.pod.name'];
    if (pod === undefined) continue;
    const labels = Object.entries(attributes)
      .filter(([key]) => !/^@(k8s|service|host|container)\./.test(key))
      .map(([key, of]) => `${key.slice(1).replaceAll('.', '_')}=${of}`)
      .sort();
    const subject = labels.length === 0 ? names[name] : `${names[name]}{${labels.join(',')}}`;
    const key = `${pod} ${subject}`;
    const known = series.get(key) ?? { workload: attributes['@k8s.deployment.name'], points: [] };
    known.points.push({ timestamp: BigInt(milliseconds) * 1_000_000n, value });
    series.set(key, known);
  }
  for (const known of series.values()) known.points.sort((a, b) => Number(a.timestamp - b.timestamp));
  return series;
}
