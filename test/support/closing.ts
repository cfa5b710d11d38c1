import type { EventEmitter } from 'node:events';

/**
 * Waits for the close of a connection that the other side may cut. What is sent to a closed connection is
 * answered with a reset, which is an error before the close: `events.once` would fail on it.
 */
export function closing(connection: EventEmitter): Promise<void> {
  connection.on('error', () => {});
  return new Promise((resolve) => connection.once('close', () => resolve()));
}
