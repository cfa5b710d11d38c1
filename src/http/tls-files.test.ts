import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closing } from '../../test/support/closing.ts';
import { waitFor } from '../../test/support/wait.ts';
import { createHttpServer, type RequestHandler } from './http-server.ts';
import { type Listener, listen } from './listener.ts';
import { TlsError, TlsFiles } from './tls-files.ts';

const pem = (name: string) => fileURLToPath(new URL(`../../test/http/certificates/${name}`, import.meta.url));

let folder: string;
let log: string[];
let listener: Listener | undefined;
let files: TlsFiles | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubesense-tls-'));
  log = [];
});
afterEach(async () => {
  await listener?.close(0);
  files?.close();
  rmSync(folder, { recursive: true });
});

const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });

const open = (certFile: string, keyFile: string) =>
  TlsFiles.open({ certFile, keyFile, log: logger, lookMs: 20 });

async function serve(handler: RequestHandler): Promise<number> {
  files ??= await open(pem('first.crt'), pem('first.key'));
  const server = createHttpServer(handler, logger, { tls: files });
  listener = await listen(server, 'TEST', { host: '127.0.0.1', port: 0 });
  return listener.address.port;
}

/** The name in the certificate that a new connection sees, and the protocol version. */
async function handshake(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
    return `${socket.getPeerCertificate().subject.CN} ${socket.getProtocol()}`;
  } finally {
    socket.destroy();
  }
}

function mount(name: string): void {
  const version = join(folder, `..${name}`);
  mkdirSync(version);
  copyFileSync(pem(`${name}.crt`), join(version, 'tls.crt'));
  copyFileSync(pem(`${name}.key`), join(version, 'tls.key'));
  symlinkSync(`..${name}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
}

describe('a listener with a certificate', () => {
  test('speaks TLS 1.2 and 1.3, and nothing older', async () => {
    const port = await serve((_, response) => void response.end('hello'));
    expect(await handshake(port)).toBe('first TLSv1.3');
    expect(await handshake(port, { maxVersion: 'TLSv1.2' })).toBe('first TLSv1.2');
    const old = {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    await expect(handshake(port, old)).rejects.toThrow();
  });

  test('answers no plain HTTP', async () => {
    const port = await serve((_, response) => void response.end('hello'));
    const socket = connectTcp(port, '127.0.0.1');
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    const closed = closing(socket);
    socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await closed;
    expect(received).not.toContain('hello');
  });

  test('lets running requests end when it closes, and cuts what is left', async () => {
    let finish = () => {};
    const port = await serve((_, response) => {
      finish = () => response.end('done');
    });
    const options = { host: '127.0.0.1', port, rejectUnauthorized: false, agent: false };
    const idle = connect({ ...options });
    await once(idle, 'secureConnect');
    const silent = connectTcp(port, '127.0.0.1');
    await once(silent, 'connect');
    const sent = request(options).end();
    const answered = once(sent, 'response');
    const original = finish;
    await waitFor('the request', 30_000, () => finish !== original);
    const idleClosed = closing(idle);
    const closed = listener?.close(60_000);
    await idleClosed;
    finish();
    const [response] = await answered;
    expect(response.statusCode).toBe(200);
    expect(await response.toArray().then(String)).toBe('done');
    silent.on('error', () => {});
    await Promise.all([listener?.close(0), closed]);
  });

  test('takes up a certificate that Kubernetes renews, and keeps the last good one', async () => {
    mount('first');
    symlinkSync(join('..data', 'tls.crt'), join(folder, 'tls.crt'));
    symlinkSync(join('..data', 'tls.key'), join(folder, 'tls.key'));
    files = await open(join(folder, 'tls.crt'), join(folder, 'tls.key'));
    const port = await serve((_, response) => void response.end());
    expect(await handshake(port)).toBe('first TLSv1.3');
    mount('second');
    await waitFor('the new certificate', 30_000, async () => (await handshake(port)) === 'second TLSv1.3');
    // Older protocols must not come back with a new certificate.
    expect(await handshake(port, { maxVersion: 'TLSv1.2' })).toBe('second TLSv1.2');
    copyFileSync(pem('first.key'), join(folder, '..second', 'tls.key'));
    await waitFor('the complaint', 30_000, () => log.some((line) => line.includes('from before goes on')));
    expect(await handshake(port)).toBe('second TLSv1.3');
    copyFileSync(pem('first.crt'), join(folder, '..second', 'tls.crt'));
    await waitFor('the repair', 30_000, async () => (await handshake(port)) === 'first TLSv1.3');
    expect(log.join('')).not.toContain('PRIVATE KEY');
  });
});

describe('files that can not be used', () => {
  const bad = () => {
    const path = join(folder, 'bad.pem');
    writeFileSync(path, '-----BEGIN CERTIFICATE-----\nsecret\n-----END CERTIFICATE-----\n');
    return path;
  };
  test.each([
    [
      'no certificate',
      () => [join(folder, 'none'), pem('first.key')],
      /^KUBESENSE_TLS_CERT_FILE: the file .*none can't be read$/,
    ],
    [
      'no key',
      () => [pem('first.crt'), join(folder, 'none')],
      /^KUBESENSE_TLS_KEY_FILE: the file .*none can't be read$/,
    ],
    [
      'a broken certificate',
      () => [bad(), pem('first.key')],
      /^KUBESENSE_TLS_CERT_FILE: the file .*bad.pem holds no PEM certificate/,
    ],
    [
      'a certificate for a key',
      () => [pem('first.crt'), pem('first.crt')],
      /^KUBESENSE_TLS_KEY_FILE: the file .* holds no PEM private key/,
    ],
    [
      'another key',
      () => [pem('first.crt'), pem('second.key')],
      /^KUBESENSE_TLS_KEY_FILE: the key in .* is not the one of the certificate/,
    ],
  ])('%s', async (_, paths, message) => {
    const [certFile = '', keyFile = ''] = paths();
    const failure = open(certFile, keyFile);
    await expect(failure).rejects.toThrow(TlsError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow(/secret|\n/);
  });
});
