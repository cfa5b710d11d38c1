import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpError } from '../http/http-error.ts';

/** One request and its response. */
export interface Exchange {
  /** Aborts when the client goes before the response is through, and when its key ends. */
  readonly signal: AbortSignal;
  /** Settles when the response is through, or the client has gone. */
  readonly closed: Promise<void>;
}

interface OpenExchange extends Exchange {
  readonly keyId: string;
  readonly authorization: string;
  readonly controller: AbortController;
  readonly response: ServerResponse;
  /** A stream stays open until one side ends it; a call ends by itself. */
  readonly kind: 'call' | 'stream';
}

export interface ExchangeStart {
  readonly response: ServerResponse;
  readonly keyId: string;
  readonly authorization: string;
  /** The message of a POST, nothing for an event stream. */
  readonly body: unknown;
}

/** The requests that are being answered, and the streams that are open. */
export class Exchanges {
  readonly #open = new Set<OpenExchange>();
  readonly #maxStreamsPerKey: number;

  /** @param maxStreamsPerKey subscriptions that a key may hold; event streams of sessions have a cap with them */
  constructor(maxStreamsPerKey: number) {
    this.#maxStreamsPerKey = maxStreamsPerKey;
  }

  /** @throws HttpError 429 the key has as many subscriptions as it may */
  start({ response, keyId, authorization, body }: ExchangeStart): Exchange {
    const kind = body === undefined || isSubscription(body) ? 'stream' : 'call';
    if (isSubscription(body) && this.#streamsOf(keyId) >= this.#maxStreamsPerKey) {
      throw new HttpError(
        429,
        `This key has ${this.#maxStreamsPerKey} streams open, and may have no more. Close one first.`,
        { 'Retry-After': '10' },
      );
    }
    const controller = new AbortController();
    const closed = new Promise<void>((resolve) => {
      const onClose = () => {
        this.#open.delete(exchange);
        if (!response.writableFinished) controller.abort();
        resolve();
      };
      if (response.destroyed) queueMicrotask(onClose);
      else response.once('close', onClose);
    });
    const { signal } = controller;
    const exchange: OpenExchange = { keyId, authorization, controller, response, signal, closed, kind };
    this.#open.add(exchange);
    return exchange;
  }

  #streamsOf(keyId: string): number {
    return [...this.#open].filter((open) => open.keyId === keyId && open.kind === 'stream').length;
  }

  /** The `Authorization` headers of all that is open. */
  authorizations(): ReadonlySet<string> {
    return new Set([...this.#open].map((exchange) => exchange.authorization));
  }

  /** Ends all that a key has open: calls by their signal, streams at once, as those of sessions heed no signal. */
  abort(authorization: string): void {
    for (const exchange of this.#open) {
      if (exchange.authorization !== authorization) continue;
      exchange.controller.abort();
      if (exchange.kind === 'stream') exchange.response.destroy();
    }
  }

  /** Resolves when no call is running any more, or after `graceMs`. */
  async callsEnded(graceMs: number): Promise<void> {
    const calls = [...this.#open].filter(({ kind }) => kind === 'call').map(({ closed }) => closed);
    const timer = new AbortController();
    const timeout = delay(graceMs, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([Promise.all(calls), timeout]);
    timer.abort();
  }
}

function isSubscription(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && 'method' in body && body.method === 'subscriptions/listen'
  );
}
