import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { closing } from '../../test/support/closing.ts';
import { createLog } from '../observe/log.ts';
import { HttpError } from './http-error.ts';
import { createHttpServer } from './http-server.ts';
import { type Listener, listen } from './listener.ts';

let listener: Listener | undefined;
afterEach(() => listener?.close(0));

const timeouts = {
  headersTimeout: 60_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 30_000,
  keepAliveTimeout: 60_000,
  discardTimeout: 100,
};

test('a client that goes on sending after its answer is cut off', async () => {
  const refuse = () => {
    throw new HttpError(401, 'no key');
  };
  const server = createHttpServer(refuse, createLog('silent'), { timeouts });
  listener = await listen(server, 'TEST', { host: '127.0.0.1', port: 0 });
  const socket = connect(listener.address.port, '127.0.0.1');
  const closed = closing(socket);
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 401 /);
  const sending = setInterval(() => socket.write('5\r\nhello\r\n'), 10);
  await closed;
  clearInterval(sending);
});
