import type { DecodedRemoteWrite, RemoteWriteVersion } from './remote-write-decoder.ts';

/**
 * How much was written, which version 2 wants in every answer once its content was agreed on. Exemplars are
 * not stored.
 *
 * https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/#required-written-response-headers
 */
export function writtenHeaders(
  version: RemoteWriteVersion | undefined,
  { samples, histograms }: Pick<DecodedRemoteWrite, 'samples' | 'histograms'>,
): Record<string, string> {
  if (version !== 2) return {};
  return {
    'X-Prometheus-Remote-Write-Samples-Written': String(samples),
    'X-Prometheus-Remote-Write-Histograms-Written': String(histograms),
    'X-Prometheus-Remote-Write-Exemplars-Written': '0',
  };
}

/** What the sender logs where samples were rejected; empty where none were. */
export function partialWriteMessage({
  samples,
  histograms,
  rejected,
  rejections,
}: Pick<DecodedRemoteWrite, 'samples' | 'histograms' | 'rejected' | 'rejections'>): string {
  if (rejected === 0) return '';
  const reasons = rejections.map(({ reason, count }) => `${reason} (${count})`);
  return `${rejected} of ${rejected + samples + histograms} samples rejected, the others stored: ${reasons.join(', ')}`;
}
