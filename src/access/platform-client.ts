import { z } from 'zod';
import { expirySchema, limitsSchema, nameSchema } from './foreign-key.ts';
import { type Limits, type Role, roles } from './principal.ts';

/** Keys can't be checked: the platform does not answer, or says what is no answer. Never holds the key. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
}

/** What a platform says of a valid key. */
export interface PlatformKey {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly limits: Limits;
  readonly expiresAt?: Date;
}

/** Asks about one key; undefined for one that is not valid. @throws PlatformError */
export type AskPlatform = (key: string) => Promise<PlatformKey | undefined>;

/**
 * The whole answer, and nothing besides: what is not understood might be a limit. `limits` has to be there, so
 * that a misspelt one is no key without limits. Roles of others give no rights here.
 */
const answerSchema = z.strictObject({
  name: nameSchema,
  roles: z
    .array(z.string())
    .max(100)
    .transform((named) => roles.filter((role) => named.includes(role))),
  limits: limitsSchema,
  expires: expirySchema.nullish(),
});

/** Limits of a key at their longest fit. */
const maxBytes = 1024 * 1024;
/** With 15 s for which an answer is kept and 10 s between checks of open sessions: less than 30 s. */
const deadlineMs = 3_000;
/** Requests at once; more wait, within their deadline. */
const maxRequests = 64;

/**
 * POSTs the key in the `Authorization` header. 200 says whose it is, 401 and 403 that it is not valid; anything
 * else is no answer. Redirects are not followed: the key goes nowhere else.
 */
export function createPlatformClient(url: URL): AskPlatform {
  const waiting: (() => void)[] = [];
  let running = 0;

  /** Resolves when there is a place for one more request; rejects when there is none in time. */
  async function place(signal: AbortSignal): Promise<void> {
    if (running < maxRequests) {
      running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const gone = () => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(new PlatformError('the platform has too many requests to answer'));
      };
      const enter = () => {
        signal.removeEventListener('abort', gone);
        resolve();
      };
      signal.addEventListener('abort', gone, { once: true });
      waiting.push(enter);
    });
  }

  /** The place goes to the next that waits. */
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return async (key) => {
    const signal = AbortSignal.timeout(deadlineMs);
    await place(signal);
    try {
      const response = await post(url, key, signal);
      if (response.status === 200) return withoutKey(toPlatformKey(await textOf(response)), key);
      await response.body?.cancel();
      if (response.status === 401 || response.status === 403) return undefined;
      throw new PlatformError(`the platform answered with status ${response.status}`);
    } catch (error) {
      if (error instanceof PlatformError) throw error;
      throw new PlatformError(
        signal.aborted
          ? `the platform did not answer within ${deadlineMs} ms`
          : `the platform can not be reached: ${reasonOf(error)}`,
      );
    } finally {
      leave();
    }
  };
}

/** A kept connection that the platform closes in the same instant is no failure of it: once more, on another. */
async function post(url: URL, key: string, signal: AbortSignal): Promise<Response> {
  const headers = { Authorization: `Bearer ${key}`, Accept: 'application/json' };
  const send = () => fetch(url, { method: 'POST', headers, redirect: 'manual', signal });
  try {
    return await send();
  } catch (error) {
    if (signal.aborted || !hasClosed.has(reasonOf(error))) throw error;
    return send();
  }
}

const hasClosed: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new PlatformError(`the platform's answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new PlatformError("the platform's answer is not UTF-8");
  }
}

function toPlatformKey(text: string): PlatformKey {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new PlatformError("the platform's answer is not JSON");
  }
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const place = [...(issue?.path ?? []), ...unknown].join('.').slice(0, 100);
    throw new PlatformError(
      place === ''
        ? "the platform's answer is no JSON object"
        : `"${place}" in the platform's answer is not what is expected there`,
    );
  }
  const { expires, ...granted } = parsed.data;
  return { ...granted, ...(expires && { expiresAt: expires }) };
}

/** Names are logged and shown, keys never are. */
function withoutKey(answer: PlatformKey, key: string): PlatformKey {
  if (answer.name.includes(key)) throw new PlatformError("the name in the platform's answer holds the key");
  return answer;
}

/** A code such as ECONNREFUSED; messages may hold more than an operator should see in a log. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : 'unknown';
}
