import { randomUUID } from 'node:crypto';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
} from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio as serveConnection } from '@modelcontextprotocol/server/stdio';
import type { Principal } from '../access/principal.ts';
import type { Logger } from '../observe/log.ts';
import type { ServerFactory } from './endpoint.ts';
import { type Every, everyInterval, sweepMs } from './every.ts';
import { hideInternalErrors } from './internal-errors.ts';

export interface StdioOptions {
  readonly createServer: ServerFactory;
  /** Whose rights the client on the other end has. */
  readonly principal: Principal;
  readonly stdin: Readable;
  /** Nothing else may write there. */
  readonly stdout: Writable;
  readonly log: Logger;
  /** Asked every 10 s, where the rights come from a key; the connection ends when they have. */
  readonly stillValid?: () => Promise<boolean>;
  readonly every?: Every;
  /** How long running calls may take to end once stdin has, ms. Default 10 s. */
  readonly graceMs?: number;
}

export interface StdioConnection {
  /** Settles when the connection has ended, from either side. */
  readonly closed: Promise<void>;
  /** Ends the connection; running calls are aborted. */
  close(): Promise<void>;
}

/**
 * Serves MCP to the process that started this one, in the era that its first message is of.
 *
 * When stdin ends, running calls are answered first, so that `printf … | kubesense-mcp stdio` gets its
 * answers; a client that has gone altogether closes stdout too, which ends the connection at once.
 */
export function serveStdio(options: StdioOptions): StdioConnection {
  const { principal, stdin, stdout, log, graceMs = 10_000 } = options;
  const input = new PassThrough();
  const transport = new AnsweringTransport(input, stdout);
  const connection = serveConnection(
    async ({ era }) => {
      const server = await options.createServer({ era, principalOf: () => principal, reader: principal });
      return hideInternalErrors(server, log, randomUUID);
    },
    {
      transport,
      onerror: (error) => log.debug({ err: error }, 'an MCP message was refused'),
    },
  );
  const deliver = transport.onmessage;
  const end = transport.onclose;
  transport.onmessage = (message) => {
    transport.expectAnswer(message);
    deliver?.(message);
  };
  const closed = new Promise<void>((resolve) => {
    transport.onclose = () => {
      end?.();
      stdin.unpipe(input);
      stdin.pause();
      resolve();
    };
  });

  if (options.stillValid !== undefined) endWith(options.stillValid, options, connection.close, closed);
  stdin.pipe(input, { end: false });
  const onEnd = async () => {
    const deadline = delay(graceMs, undefined, { ref: false });
    await Promise.race([transport.allAnswered(), deadline, closed]);
    input.end();
  };
  stdin.once('end', () => void onEnd());
  stdin.once('close', () => void onEnd());
  return { closed, close: () => connection.close() };
}

/** Ends the connection when its rights do. */
function endWith(
  stillValid: () => Promise<boolean>,
  { every = everyInterval, log }: StdioOptions,
  close: () => Promise<void>,
  closed: Promise<void>,
): void {
  const check = async () => {
    if (await stillValid()) return;
    log.warn('the key is not valid any more, or can not be checked');
    await close();
  };
  const stop = every(sweepMs, () => {
    check().catch((error: unknown) => log.error({ err: error }, 'the key can not be checked'));
  });
  void closed.then(stop);
}

/** The SDK's transport, which also knows which requests are not answered yet. */
class AnsweringTransport extends StdioServerTransport {
  readonly #unanswered = new Set<RequestId>();
  #waiting: (() => void)[] = [];

  expectAnswer(message: JSONRPCMessage): void {
    if (isJSONRPCRequest(message)) this.#unanswered.add(message.id);
    if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled') {
      const id = message.params?.requestId;
      if (typeof id === 'string' || typeof id === 'number') this.#answered(id);
    }
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    try {
      await super.send(message);
    } finally {
      const isAnswer = isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
      if (isAnswer && message.id !== undefined) this.#answered(message.id);
    }
  }

  allAnswered(): Promise<void> {
    if (this.#unanswered.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #answered(id: RequestId): void {
    this.#unanswered.delete(id);
    if (this.#unanswered.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }
}
