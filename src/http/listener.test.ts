import { once } from 'node:events';
import { Agent, createServer, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { closing } from '../../test/support/closing.ts';
import { rawRequest } from '../../test/support/raw-http.ts';
import { HttpError } from './http-error.ts';
import { createHttpServer, type RequestHandler } from './http-server.ts';
import { formatAddress } from './listen-address.ts';
import { ListenError, type Listener, listen } from './listener.ts';
import { readBody } from './request-body.ts';

const lines: string[] = [];
const log = pino({}, { write: (line) => lines.push(line) });
const open: Listener[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close(0)));
});

async function start(handler: RequestHandler): Promise<{ listener: Listener; url: URL }> {
  const listener = await listen(createHttpServer(handler, log), 'LISTEN', { host: '127.0.0.1', port: 0 });
  open.push(listener);
  return { listener, url: new URL(`http://${formatAddress(listener.address)}/`) };
}

/** A handler that holds its answers back. */
function holding() {
  const held: ServerResponse[] = [];
  let arrived = () => {};
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const handler: RequestHandler = (_, response) => {
    held.push(response);
    arrived();
  };
  const release = () => {
    for (const response of held) response.end('done');
  };
  return { handler, first, release };
}

describe('listening', () => {
  test('tells the real port', async () => {
    const { listener, url } = await start((_, response) => void response.end('here'));
    expect(listener.address.port).toBeGreaterThan(0);
    expect((await rawRequest(url)).body).toBe('here');
  });

  test('a taken port is one clear line', async () => {
    const { listener } = await start(() => {});
    const { port } = listener.address;
    const again = listen(createServer(), 'KUBESENSE_LISTEN', { host: '127.0.0.1', port });
    await expect(again).rejects.toThrow(ListenError);
    await expect(again).rejects.toThrow(
      `KUBESENSE_LISTEN: port ${port} on 127.0.0.1 is taken; set it to another address (127.0.0.1:0 takes a free port) or to off.`,
    );
  });

  test.each(['192.0.2.1', 'no.such.host.invalid'])('so is a host of elsewhere (%s)', async (host) => {
    const elsewhere = listen(createServer(), 'KUBESENSE_LISTEN', { host, port: 0 });
    await expect(elsewhere).rejects.toThrow(ListenError);
    await expect(elsewhere).rejects.toThrow(`KUBESENSE_LISTEN: ${host} is not an address of this machine; `);
  });
});

describe('closing', () => {
  test('waits for what is running, and takes nothing new', async () => {
    const { handler, first, release } = holding();
    const { listener, url } = await start(handler);
    const running = rawRequest(url);
    await first;
    const closed = listener.close(60_000);
    await expect(rawRequest(url)).rejects.toThrow('ECONNREFUSED');
    release();
    expect((await running).body).toBe('done');
    await closed;
  });

  test('does not wait for connections that are idle, new or between two requests', async () => {
    const { listener, url } = await start((_, response) => void response.end('x'));
    const agent = new Agent({ keepAlive: true });
    const socket = await new Promise<Socket>((resolve, reject) => {
      const sent = request(url, { agent }, (response) => {
        const { socket } = response;
        response.resume().on('end', () => resolve(socket));
      });
      sent.on('error', reject).end();
    });
    const silent = connect(listener.address.port, '127.0.0.1');
    await once(silent, 'connect');
    const ends = [closing(socket), closing(silent)];
    await listener.close(60_000);
    await Promise.all(ends);
    agent.destroy();
  });

  test('a connection that is kept alive ends with its running request', async () => {
    const { handler, first, release } = holding();
    const { listener, url } = await start(handler);
    const agent = new Agent({ keepAlive: true });
    const answered = new Promise<string | undefined>((resolve) => {
      request(url, { agent }, (response) => {
        response.resume().on('end', () => resolve(response.headers.connection));
      }).end();
    });
    await first;
    const closed = listener.close(60_000);
    release();
    await Promise.all([answered, closed]);
    agent.destroy();
  });

  test('cuts what does not end in time', async () => {
    const { handler, first } = holding();
    const { listener, url } = await start(handler);
    const running = rawRequest(url);
    await first;
    await Promise.all([expect(running).rejects.toThrow(), listener.close(1)]);
  });

  test('can be hurried, and done twice', async () => {
    const { handler, first } = holding();
    const { listener, url } = await start(handler);
    const running = rawRequest(url);
    await first;
    const patient = listener.close(60_000);
    await Promise.all([expect(running).rejects.toThrow(), listener.close(0), patient]);
    await listener.close(0);
  });
});

describe('a handler that throws', () => {
  test('an HttpError answers with it', async () => {
    const { url } = await start(() => {
      throw new HttpError(418, 'A teapot.', { 'X-Kind': 'brown' });
    });
    const { status, headers, body } = await rawRequest(url);
    expect([status, headers['x-kind'], JSON.parse(body)]).toEqual([418, 'brown', { error: 'A teapot.' }]);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('anything else answers 500 with an id that the log has too', async () => {
    const { url } = await start(async () => {
      throw new Error('password=hunter2');
    });
    const { status, body } = await rawRequest(url);
    expect(status).toBe(500);
    expect(body).not.toContain('hunter2');
    const id = /Error id: ([0-9a-f-]{36})/.exec(body)?.[1] ?? 'none';
    expect(JSON.parse(lines.find((line) => line.includes(id)) ?? '{}').err.message).toBe('password=hunter2');
  });

  test('after the headers breaks the answer off', async () => {
    const { url } = await start((_, response) => {
      response.writeHead(200).write('half');
      throw new Error('late');
    });
    await expect(rawRequest(url)).rejects.toThrow();
  });
});

describe('a body', () => {
  const echo: RequestHandler = async (incoming, response) => {
    response.end(String((await readBody(incoming, 1_000)).length));
  };
  const post = (url: URL, body: Uint8Array, headers = {}) =>
    rawRequest(url, { method: 'POST', headers, body });

  test('of the largest size is read', async () => {
    const { url } = await start(echo);
    expect((await post(url, new Uint8Array(1_000))).body).toBe('1000');
    expect((await post(url, new Uint8Array(0))).body).toBe('0');
    expect((await post(url, new Uint8Array(1_000), { 'transfer-encoding': 'chunked' })).body).toBe('1000');
  });

  test('past it gets 413, and the connection ends', async () => {
    const { url } = await start(echo);
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const response = await post(url, new Uint8Array(1_001), headers);
      expect([response.status, response.headers.connection]).toEqual([413, 'close']);
      expect(JSON.parse(response.body)).toEqual({
        error: 'The request body is too large: at most 1000 bytes.',
      });
    }
  });

  test('without end is not read for ever', async () => {
    const { url } = await start(echo);
    const sent = request(url, { method: 'POST' });
    const status = new Promise<number | undefined>((resolve) => {
      sent.on('response', (response) => resolve(response.resume().statusCode));
    });
    const closed = closing(sent);
    for (let i = 0; i < 20; i++) sent.write(new Uint8Array(1_000));
    expect(await status).toBe(413);
    await closed;
  });

  test('that breaks off is the end of its request alone', async () => {
    let failure: unknown;
    const failed = new Promise<void>((resolve) => {
      void start(async (incoming) => {
        await readBody(incoming, 1_000).catch((error: unknown) => {
          failure = error;
          resolve();
        });
      }).then(({ url }) => {
        const sent = request(url, { method: 'POST', headers: { 'content-length': 100 } });
        sent.on('error', () => {});
        sent.write('part', () => sent.destroy());
      });
    });
    await failed;
    expect(failure).toBeInstanceOf(HttpError);
    expect(failure).toMatchObject({ status: 400 });
  });
});
