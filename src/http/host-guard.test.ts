import { describe, expect, test } from 'vitest';
import { InputError } from '../telemetry/input-error.ts';
import { createHostGuard, type HostGuardOptions, isLoopback, isWildcard } from './host-guard.ts';
import { HttpError } from './http-error.ts';

function allows(options: Partial<HostGuardOptions>, host: string | undefined, origin?: string): boolean {
  const guard = createHostGuard({ listenHost: '127.0.0.1', ...options });
  try {
    guard({ ...(host !== undefined && { host }), ...(origin !== undefined && { origin }) });
    return true;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    expect(error.status).toBe(403);
    return false;
  }
}

describe('Host', () => {
  test.each([
    'localhost',
    'localhost:3939',
    'LOCALHOST',
    '127.0.0.1:1',
    '[::1]',
    '[::1]:3939',
    '[0:0:0:0:0:0:0:1]',
  ])('%s is allowed', (host) => expect(allows({}, host)).toBe(true));

  test.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'evil.example:3939',
    'localhost.',
    '127.0.0.2',
    '10.0.0.7',
    'evil@localhost',
    'localhost/../x',
    'localhost#.evil.example',
    'localhost?.evil.example',
    'evil.example\\@localhost',
    'localhost evil',
    'localhost:99999',
    'localhost, evil.example',
    '[::1',
    '::1',
  ])('%j is not', (host) => expect(allows({}, host)).toBe(false));

  test('the host that is listened on is allowed, a wildcard allows nothing', () => {
    expect(allows({ listenHost: '10.0.0.7' }, '10.0.0.7:3939')).toBe(true);
    expect(allows({ listenHost: 'fe80::1' }, '[fe80::1]:3939')).toBe(true);
    for (const listenHost of ['0.0.0.0', '::', '[::]', '0:0:0:0:0:0:0:0']) {
      expect(allows({ listenHost }, '10.0.0.7')).toBe(false);
      expect(allows({ listenHost }, '0.0.0.0')).toBe(false);
      expect(allows({ listenHost }, '[::]')).toBe(false);
      expect(allows({ listenHost }, 'localhost')).toBe(true);
    }
  });

  test('names that are set are allowed', () => {
    const options = {
      publicUrl: new URL('https://Telemetry.example.com/x'),
      allowedHosts: ['mcp.svc', 'b.example:8443'],
    };
    for (const host of ['telemetry.example.com', 'mcp.svc:80', 'b.example', 'B.EXAMPLE:1']) {
      expect(allows(options, host), host).toBe(true);
    }
    expect(allows(options, 'example.com')).toBe(false);
  });

  test.each(['', '*', 'https://a.example', 'a b', 'a/b', '*.example.com'])('%j can not be set', (name) => {
    expect(() => createHostGuard({ listenHost: '127.0.0.1', allowedHosts: [name] })).toThrow(InputError);
  });
});

describe('Origin', () => {
  test.each([
    'http://localhost',
    'http://localhost:5173',
    'https://127.0.0.1',
    'http://[::1]:3939',
    'https://telemetry.example.com',
  ])('%s is allowed', (origin) =>
    expect(allows({ publicUrl: new URL('https://telemetry.example.com') }, 'localhost', origin)).toBe(true),
  );

  test.each([
    '',
    'null',
    'http://evil.example',
    'http://localhost.evil.example',
    'file://',
    'file://localhost/x',
    'chrome-extension://localhost',
    'localhost',
    'http://localhost, http://evil.example',
  ])('%j is not', (origin) => expect(allows({}, 'localhost', origin)).toBe(false));
});

test('loopback and wildcards are known in every spelling', () => {
  for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '::1', '[::1]', '0:0:0:0:0:0:0:1']) {
    expect([host, isLoopback(host), isWildcard(host)]).toEqual([host, true, false]);
  }
  for (const host of ['0.0.0.0', '::', '[::]']) {
    expect([host, isLoopback(host), isWildcard(host)]).toEqual([host, false, true]);
  }
  for (const host of ['10.0.0.7', 'example.com', '127.evil.example', 'localhost.evil.example', '']) {
    expect([host, isLoopback(host), isWildcard(host)]).toEqual([host, false, false]);
  }
});
