import { z } from 'zod';
import { engineFailures } from './engine-error.ts';

/** What the child process reads as the first line of its standard input. */
export const childOptions = z.strictObject({
  /** The folder of the store. It is created where it is missing. */
  storeDir: z.string().min(1),
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: z.int().min(0).max(65_535),
  username: z.string().min(1),
  password: z.string().min(1),
  /** How many queries may read at the same time. One of several is kept for cheap ones. */
  readers: z.int().min(1).max(16),
  /** What the engine may take, in bytes; at least 512 MiB. */
  memoryLimitBytes: z.int().min(512 * 1024 * 1024),
});
export type ChildOptions = z.infer<typeof childOptions>;

/** What the child process says, a line of JSON each: `listening` or `failed` first, warnings later. */
export const childReport = z.discriminatedUnion('event', [
  z.object({ event: z.literal('listening'), url: z.url(), pid: z.int(), version: z.string() }),
  z.object({ event: z.literal('failed'), reason: z.enum(engineFailures), message: z.string() }),
  z.object({ event: z.literal('warning'), message: z.string() }),
]);
export type ChildReport = z.infer<typeof childReport>;

/** Parses a line of JSON; undefined where it is none, or not of that form. */
export function parseLine<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
