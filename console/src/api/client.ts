import type * as z from 'zod/mini';
import * as answers from './answers.ts';
import { ApiError } from './api-error.ts';

const unreachable = () =>
  new ApiError('The server can’t be reached. It may be restarting, or this machine is offline.', {
    status: 0,
    code: 'unreachable',
  });

export interface NewKey {
  readonly name: string;
  readonly roles: readonly answers.Role[];
  readonly limits: answers.Limits;
  /** ISO 8601, or null for never. */
  readonly expires_at: string | null;
}

export interface AuditQuestion {
  readonly from?: string;
  readonly key_id?: string;
  readonly tool?: string;
  readonly outcome?: string;
  readonly limit?: number;
}

type Method = 'GET' | 'POST' | 'DELETE';

/**
 * The console's API. Answers are checked against their schemas; every failure is an `ApiError`. The session
 * travels in a cookie that scripts can't read, its CSRF token is kept here, in memory.
 */
export class Client {
  #csrfToken: string | undefined;
  readonly #onSignedOut: () => void;

  /** `onSignedOut` is called when the server no longer knows the session. */
  constructor(onSignedOut: () => void) {
    this.#onSignedOut = onSignedOut;
  }

  session(signal?: AbortSignal) {
    return this.#begin('GET', 'session', undefined, signal);
  }

  signIn(key: string) {
    return this.#begin('POST', 'session', { key });
  }

  signInByLink(token: string) {
    return this.#begin('POST', 'session/link', { token });
  }

  async signOut(): Promise<void> {
    await this.#send('DELETE', 'session');
    this.#csrfToken = undefined;
  }

  keys = (signal?: AbortSignal) => this.#ask(answers.keys, 'GET', 'keys', undefined, signal);

  generateKey = (key: NewKey) => this.#ask(answers.generated, 'POST', 'keys', key);

  revokeKey = (id: string) => this.#ask(answers.revoked, 'DELETE', `keys/${encodeURIComponent(id)}`);

  scopeValues = (kind: 'clusters' | 'namespaces', signal?: AbortSignal) =>
    this.#ask(answers.scopeValues, 'GET', `scope-values?kind=${kind}`, undefined, signal);

  connection = (signal?: AbortSignal) => this.#ask(answers.connect, 'GET', 'connect', undefined, signal);

  status = (signal?: AbortSignal) => this.#ask(answers.status, 'GET', 'status', undefined, signal);

  tools = (signal?: AbortSignal) => this.#ask(answers.tools, 'GET', 'tools', undefined, signal);

  callTool = (name: string, args: unknown, limits: answers.Limits | undefined, signal: AbortSignal) =>
    this.#ask(
      answers.toolAnswer,
      'POST',
      `tools/${encodeURIComponent(name)}`,
      { arguments: args, ...(limits && { limits }) },
      signal,
    );

  audit = (question: AuditQuestion, signal?: AbortSignal) => {
    const search = new URLSearchParams(
      Object.entries(question).flatMap(([name, value]) => (value === undefined ? [] : [[name, `${value}`]])),
    );
    return this.#ask(answers.audit, 'GET', `audit?${search}`, undefined, signal);
  };

  async #begin(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<answers.Session> {
    const session = await this.#ask(answers.session, method, path, body, signal);
    this.#csrfToken = session.signed_in ? session.csrf_token : undefined;
    return session;
  }

  async #ask<T>(
    schema: z.ZodMiniType<T>,
    method: Method,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await this.#send(method, path, body, signal);
    const parsed = schema.safeParse(await response.json().catch(() => undefined));
    if (parsed.success) return parsed.data;
    throw new ApiError('The server and this page are of different versions. Reload the page.', {
      status: response.status,
      code: 'unexpected_answer',
    });
  }

  async #send(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(`/api/console/${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method !== 'GET' && this.#csrfToken !== undefined && { 'x-csrf-token': this.#csrfToken }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      throw signal?.aborted ? error : unreachable();
    });
    if (response.ok) return response;
    const failure = await failureOf(response);
    // Signing in answers 401 too, for a wrong key: that ends no session.
    if (response.status === 401 && this.#csrfToken !== undefined) {
      this.#csrfToken = undefined;
      this.#onSignedOut();
    }
    throw failure;
  }
}

async function failureOf(response: Response): Promise<ApiError> {
  const parsed = answers.failure.safeParse(await response.json().catch(() => undefined));
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const { error, code, field } = parsed.success
    ? parsed.data
    : { error: `The server answered ${response.status}.`, code: 'unexpected_answer', field: undefined };
  return new ApiError(error, {
    status: response.status,
    code,
    field,
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
  });
}
