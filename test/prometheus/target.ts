import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inject } from 'vitest';
import type { MetricStore } from '../../src/store/metrics/metric-store.ts';
import { PrometheusClient } from '../../src/store/prometheus/client.ts';
import { PrometheusMetricStore } from '../../src/store/prometheus/prometheus-metric-store.ts';
import type { StoreName } from './binaries.ts';
import { startStore } from './processes.ts';
import {
  type Exchange,
  type HttpStore,
  keyOf,
  recording,
  startRecorder,
  startReplay,
} from './recording-proxy.ts';
import type { SentSeries } from './remote-write.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the answers come from: real processes, which may be recorded. Absent: recorded answers. */
    prometheusAnswers?: 'real' | 'record';
  }
}

export interface Target {
  /** Where it answers. */
  readonly url: URL;
  readonly store: MetricStore;
  /** What the store logged and kept from clients. */
  readonly logged: (readonly string[])[];
  close(): Promise<void>;
}

/** The product's limit of a query, which it sends with each: part of what was recorded. */
export const recordedLimit = { KUBESENSE_QUERY_TIMEOUT: '30s' } as const;

/**
 * A store over recorded answers of a real one, or over that itself.
 *
 * @param label names the recording
 */
export async function openTarget(
  name: StoreName,
  label: string,
  series: () => readonly SentSeries[],
  scrape?: URL,
): Promise<Target> {
  const file = new URL(`recorded/${name}-${label}.json`, import.meta.url);
  const mode = inject('prometheusAnswers');
  const http = mode === undefined ? await startReplay(readRecording(file)) : await startReal();
  const logged: (readonly string[])[] = [];
  const client = new PrometheusClient({ url: http.url, credentials: { headers: [] }, timeout: 20_000 });
  const store = new PrometheusMetricStore({
    client,
    log: ({ texts }) => logged.push(texts),
    newId: () => 'id-1',
  });
  return { url: http.url, store, logged, close: () => http.close() };

  async function startReal(): Promise<HttpStore> {
    const process = await startStore(name, series(), scrape);
    const exchanges = new Map<string, Exchange>();
    const proxy = await startRecorder(process.url, (exchange) => exchanges.set(keyOf(exchange), exchange));
    return {
      url: proxy.url,
      async close() {
        await proxy.close();
        await process.close();
        if (mode === 'record') writeRecording(file, [...exchanges.values()]);
      },
    };
  }
}

function readRecording(file: URL): readonly Exchange[] {
  return recording.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function writeRecording(file: URL, exchanges: readonly Exchange[]): void {
  mkdirSync(new URL('.', file), { recursive: true });
  const lines = exchanges.map((exchange) => JSON.stringify(exchange));
  writeFileSync(file, `[\n${lines.join(',\n')}\n]\n`);
}
