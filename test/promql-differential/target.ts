import { startFixtureApi } from '../prometheus-api/fixture-api.ts';
import { MemoryQueries } from '../prometheus-api/memory-queries.ts';
import type { TestSeries } from './test-data.ts';

/** Our API over some series. */
export interface Target {
  /** Ends before `/query`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startTarget(series: readonly TestSeries[]): Promise<Target> {
  const memory = new MemoryQueries();
  for (const { labels, samples } of series) memory.add(labels, samples);
  const { url, stop } = await startFixtureApi(memory.queries);
  return { url, headers: { authorization: 'Bearer reader' }, stop };
}
