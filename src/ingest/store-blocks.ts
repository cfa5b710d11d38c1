import { rowColumnNames } from '../store/rows/columns.ts';
import type { RowBlock } from '../store/rows/row-blocks.ts';
import type { Signal } from '../telemetry/fields.ts';
import type { Sink } from './sink.ts';

/**
 * Stores blocks one after another; resolves when all are durable. The tokens come from the digest of what
 * was sent and the place of the block, so that the same body stored again is stored once.
 */
export async function storeBlocks(
  sink: Sink,
  signal: Signal,
  blocks: readonly RowBlock[],
  digest: string,
  abort?: AbortSignal,
): Promise<void> {
  for (const [index, { rows, bytes }] of blocks.entries()) {
    await sink.insert(
      signal,
      { rows, bytes, columns: rowColumnNames[signal] },
      { deduplicationToken: `${digest}-${index}`, signal: abort },
    );
  }
}
