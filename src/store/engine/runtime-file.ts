import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { parseLine } from './child-protocol.ts';
import { processStart } from './process-start.ts';

const engineAddress = z.object({
  url: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }),
  username: z.string(),
  password: z.string(),
});
/** Where the engine is reached, from one start of its process to its end. */
export type EngineAddress = Readonly<z.infer<typeof engineAddress>>;

const runtimeFile = z.object({
  /** The process that keeps the engine running; not the engine's own. */
  pid: z.int().positive(),
  /** When that process began, since pids come again. */
  started: z.string(),
  /** Missing while the engine is started again. */
  address: engineAddress.optional(),
});
export type RuntimeFile = z.infer<typeof runtimeFile>;

function pathIn(dataDir: string): string {
  return join(dataDir, 'engine.json');
}

/** What the runtime file of a data folder says; undefined where there is none, or none that can be read. */
export async function readRuntimeFile(dataDir: string): Promise<RuntimeFile | undefined> {
  try {
    return parseLine(runtimeFile, await readFile(pathIn(dataDir), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Writes the runtime file, readable for its owner only, in one step. */
export async function writeRuntimeFile(dataDir: string, content: RuntimeFile): Promise<void> {
  const path = pathIn(dataDir);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

export async function removeRuntimeFile(dataDir: string): Promise<void> {
  await rm(pathIn(dataDir), { force: true });
}

/** Whether the process that wrote a runtime file is still there. */
export async function isHeld(file: RuntimeFile): Promise<boolean> {
  return (await processStart(file.pid)) === file.started;
}

/**
 * How long to look for the engine of a process that is just restarting it, in milliseconds. A start takes half a
 * second, and ten times as long on a busy machine.
 */
const restartMs = 20_000;
/** How long to try an address that nobody answers at, or not as an engine does, in milliseconds. */
const outdatedMs = 5_000;
/** How long an engine may take to answer, in milliseconds. */
const answerMs = 30_000;
const pauseMs = 100;

/**
 * The engine that another process runs on this data folder, if one answers: its runtime file is read, and
 * tried. Where that process lives, its engine has 20 s to start, 5 s to be at the address that is said, and 30 s to
 * answer there. The address holds until the engine's process ends, so it has to be looked for again before each
 * request.
 */
export async function findEngine(dataDir: string): Promise<EngineAddress | undefined> {
  for (const start = performance.now(); ; ) {
    const file = await readRuntimeFile(dataDir);
    // Whoever has taken the port of an engine that is gone may answer there.
    if (file === undefined || !(await isHeld(file))) return undefined;
    if (file.address !== undefined && (await answers(file.address))) {
      if (isDeepStrictEqual(await readRuntimeFile(dataDir), file)) return file.address;
    }
    const patienceMs = file.address === undefined ? restartMs : outdatedMs;
    if (performance.now() - start > patienceMs) return undefined;
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMs);
    });
  }
}

/** Whether an engine answers there within 30 s, with that password. */
export async function answers({ url, username, password }: EngineAddress): Promise<boolean> {
  try {
    const response = await fetch(`${url}/?priority=1`, {
      method: 'POST',
      body: 'SELECT 1',
      headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    });
    return response.ok && (await response.text()) === '1\n';
  } catch {
    return false;
  }
}
