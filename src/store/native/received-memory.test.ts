import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../../test/support/wait.ts';
import { MemoryReleaser } from '../memory-releaser.ts';
import { freeReceived } from './received-memory.ts';

const body = Buffer.from(Array.from({ length: 4_000_000 }, (_, i) => (i * 7 + (i >> 8)) % 251));
const server = createServer((_, response) => response.end(body));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const memory = new MemoryReleaser();
let port = 0;

beforeAll(async () => {
  await waitFor('the first that is freed', 10_000, () => {
    const bytes = new Uint8Array(1);
    memory.release(bytes);
    return bytes.byteLength === 0;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => {
  agent.destroy();
  server.close();
});

/** Reads a response, and what is left of each piece that its connection read after the head. */
async function read(isKept?: () => boolean): Promise<{ readonly body: Buffer; readonly left: number[] }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, resolve).once('error', reject);
  });
  const end = isKept && freeReceived(response, memory, isKept);
  const left: number[] = [];
  const { socket } = response;
  const look = (bytes: Uint8Array): void => {
    left.push(bytes.byteLength);
  };
  socket.on('data', look);
  const received = await buffer(response);
  socket.off('data', look);
  end?.();
  return { body: received, left };
}

test('what a connection has read is freed, and the body is whole', async () => {
  const freed = await read(() => false);
  expect(freed.body.equals(body)).toBe(true);
  expect(freed.left.length).toBeGreaterThan(10);
  expect(freed.left.every((bytes) => bytes === 0)).toBe(true);
});

test('nothing is freed where a part of the body lies in it, nor for the next response', async () => {
  for (const isKept of [() => true, undefined]) {
    const { body: received, left } = await read(isKept);
    expect(received.equals(body)).toBe(true);
    expect(left.length).toBeGreaterThan(10);
    expect(left.includes(0)).toBe(false);
  }
});

test('a stream of another kind is left alone', async () => {
  const stream = Readable.from([Buffer.from('body')], { objectMode: false });
  freeReceived(stream, memory, () => false)();
  expect((await buffer(stream)).toString()).toBe('body');
});
