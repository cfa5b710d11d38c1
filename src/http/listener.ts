import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { HttpServer } from './http-server.ts';
import { formatAddress, type ListenAddress } from './listen-address.ts';

/** It can't listen where it should. The message is one line for whoever starts the server. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface Listener {
  /** The real address: the port is never 0. */
  readonly address: ListenAddress;
  /**
   * Stops accepting, closes idle connections, lets running requests end, and cuts what is left after
   * `graceMs`. May be called again with a shorter time.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Makes an HTTP server listen.
 *
 * @param setting the setting that the address is from, for errors: `KUBESENSE_LISTEN`
 * @throws ListenError the port is taken or not permitted, or the host is not one of this machine
 */
export async function listen(server: HttpServer, setting: string, address: ListenAddress): Promise<Listener> {
  /** Open connections, and how many requests each is serving. */
  const running = new Map<Socket, number>();
  /** What carries them: with TLS other sockets, that are there before their handshake is done. */
  const carriers = new Set<Socket>();
  let closing = false;

  server.on('connection', (socket: Socket) => {
    carriers.add(socket);
    socket.once('close', () => carriers.delete(socket));
  });
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    running.set(socket, 0);
    socket.once('close', () => running.delete(socket));
    if (closing) socket.destroy();
  });
  server.prependListener('request', ({ socket }, response) => {
    running.set(socket, (running.get(socket) ?? 0) + 1);
    if (closing) response.setHeader('Connection', 'close');
    response.once('close', () => {
      if (!running.has(socket)) return;
      const left = (running.get(socket) ?? 1) - 1;
      running.set(socket, left);
      if (closing && left === 0) socket.end();
    });
  });

  server.listen({ host: address.host, port: address.port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(setting, address, error);
  }
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;

  return {
    address: { host: address.host, port },
    async close(graceMs) {
      closing = true;
      const closed = server.listening || carriers.size > 0 ? once(server, 'close') : undefined;
      server.close();
      for (const [socket, requests] of running) if (requests === 0) socket.destroy();
      const cut = setTimeout(() => {
        for (const socket of carriers) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** What an error of `listen` means to whoever set the address; for listeners that are not HTTP too. */
export function listenError(setting: string, { host, port }: ListenAddress, error: unknown): ListenError {
  const advice = `set it to another address (${formatAddress({ host, port: 0 })} takes a free port) or to off`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new ListenError(`${setting}: port ${port} on ${host} is taken; ${advice}.`);
    case 'EACCES':
      return new ListenError(`${setting}: port ${port} on ${host} needs more rights; ${advice}.`);
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ListenError(`${setting}: ${host} is not an address of this machine; ${advice}.`);
    default:
      return new ListenError(`${setting}: it can't listen on ${formatAddress({ host, port })}; ${advice}.`);
  }
}
