import { z } from 'zod';
import type { Assistant } from '../../support/assistants.ts';
import { post, type SampleLog, type SampleSpan, send } from '../../support/sample.ts';

const hidden = { service: 'vault', deployment: 'vault', namespace: 'hidden', pod: 'vault-7d9f8b6c5d-x2x7k' };

const found = z.object({ rows: z.array(z.tuple([z.string(), z.string(), z.string()])) });

const nanoseconds = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;

/**
 * Posts records of another namespace that would show in a comparison of these times, in all ways that are known: what
 * fails and slows down below recorded requests, lines that would change their patterns and make the baseline a bad
 * one, and metrics of the recorded names that jump.
 */
export async function sendHidden(
  otlpUrl: URL | undefined,
  assistant: Assistant,
  { from, middle, to }: { readonly from: string; readonly middle: string; readonly to: string },
): Promise<void> {
  const parents = await requestsIn(assistant, middle, to);
  if (parents.length === 0) throw new Error('there are no requests to hide something below');
  const below = parents.map(
    ([time, traceId, parentSpanId]): SampleSpan => ({
      ...hidden,
      ...{ traceId, parentSpanId, kind: 'server', status: 'error', name: 'open', duration: 1_000_000 },
      time: nanoseconds(time),
    }),
  );
  const start = nanoseconds(from);
  const seconds = Number(nanoseconds(to) - start) / 1e9;
  const lasts = Number(nanoseconds(middle) - start) / 1e9;
  const spans: SampleSpan[] = [];
  const logs: SampleLog[] = [];
  const points: { readonly timeUnixNano: string; readonly asDouble: number }[] = [];
  for (let second = 0; second < seconds; second++) {
    const time = start + BigInt(second) * 1_000_000_000n;
    const isEarlier = second < lasts;
    const duration = isEarlier ? 2_000_000_000 : 1_000_000;
    spans.push({
      ...hidden,
      time,
      duration,
      name: 'sweep',
      kind: 'server',
      status: isEarlier ? 'error' : 'ok',
    });
    const body = `16:5${second % 10}:00.1 ERROR c.s.ContactsServiceImpl#${second % 3} TraceID: ${second} SpanID: ${second} [find${'ABC'[second % 3]}][hidden][No contacts]`;
    logs.push({ ...hidden, time, level: isEarlier ? 'ERROR' : 'INFO', body });
    if (second % 15 === 0) points.push({ timeUnixNano: String(time), asDouble: isEarlier ? 1 : 1000 });
  }
  await send(otlpUrl, { spans: [...below, ...spans], logs });
  const answer = await post(otlpUrl, '/v1/metrics', metricsRequest(points));
  if (answer.status !== 200) throw new Error(await answer.text());
}

async function requestsIn(assistant: Assistant, from_time: string, to_time: string) {
  const { text } = await assistant.call('search-traces', {
    ...{ from_time, to_time, filters: "workload = 'ts-contacts-service' AND role = server" },
    ...{ fields: ['trace_id', 'span_id'], limit: 10, format: 'json' },
  });
  return found.parse(JSON.parse(text)).rows;
}

/** Metrics of ten pods. */
function metricsRequest(dataPoints: readonly unknown[]): unknown {
  const resourceMetrics = Array.from({ length: 10 }, (_, i) => ({
    resource: {
      attributes: Object.entries({
        'service.name': hidden.service,
        'k8s.namespace.name': hidden.namespace,
        'k8s.deployment.name': hidden.deployment,
        'k8s.pod.name': `vault-7d9f8b6c5d-x2x7${'bcdfghjklm'[i] ?? ''}`,
      }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    },
    scopeMetrics: [
      {
        metrics: ['k8s.pod.cpu.usage', 'nezha.pod.workload'].map((name) => ({ name, gauge: { dataPoints } })),
      },
    ],
  }));
  return { resourceMetrics };
}
