import type { Answer } from './compare.ts';
import type { TestQuery } from './expressions.ts';

/** Asks an API of Prometheus. The base ends before `/query`. */
export async function ask(
  base: string,
  { query, start, end, step }: TestQuery,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const at = (ms: number): string => String(ms / 1000);
  const [path, parameters] =
    step === 0
      ? ['/query', { query, time: at(start) }]
      : ['/query_range', { query, start: at(start), end: at(end), step: at(step) }];
  const response = await fetch(base + path, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    headers,
  });
  const body: unknown = await response.json();
  return { status: response.status, body };
}
