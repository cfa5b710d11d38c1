import { type Logger, pino } from 'pino';
import { withoutKeys } from './without-keys.ts';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Structured logs, one JSON object a line, on stderr: stdout belongs to the command (`stdio` speaks MCP there).
 * An error may quote what a client sent, and a client may send a key in a wrong place: no line holds one.
 */
export function createLog(level: LogLevel): Logger {
  const hooks = { streamWrite: withoutKeys };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks }, pino.destination(2));
}
