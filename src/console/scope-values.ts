import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { readParameters } from './read-input.ts';

const input = z.strictObject({
  kind: z.enum(['namespaces', 'clusters'], 'namespaces or clusters'),
});

/** `GET /scope-values`: what a key can be limited to, as far as the telemetry of the last day tells. */
export const listScopeValues: Endpoint = async ({ queries }, { query, signal }, { principal }) => {
  const { kind } = readParameters(query, input);
  const field = kind === 'clusters' ? 'cluster' : 'namespace';
  return { status: 200, body: { values: await queries.scopeValues(field, { principal, signal }) } };
};
