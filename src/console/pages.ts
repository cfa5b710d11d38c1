import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { HostGuard } from '../http/host-guard.ts';
import { methodNotAllowed } from '../http/http-error.ts';
import type { RequestHandler } from '../http/http-server.ts';

/** A file of the built console, as it is served. */
interface Page {
  readonly bytes: Buffer;
  /** Absent where it would not be smaller. */
  readonly gzipped: Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** By path: `/`, `/assets/index-3f2a.js`. */
export type Pages = ReadonlyMap<string, Page>;

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const isText = (type: string): boolean => /^text\/|javascript|json|svg/.test(type);

/** Everything comes from the server itself, and nothing is written in a page. */
const securityHeaders = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Reads the built console; a folder that is not there is a console of the one page that says so. */
export function loadPages(folder: string): Pages {
  let files: string[];
  try {
    files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    files = [];
  }
  const pages = new Map<string, Page>();
  for (const file of files) {
    if (!(extname(file) in contentTypes)) continue;
    const path = `/${file.split(sep).join('/')}`;
    pages.set(path, pageOf(path, readFileSync(join(folder, file))));
  }
  pages.set('/', pages.get('/index.html') ?? pageOf('/no-console.txt', Buffer.from(noConsole)));
  pages.delete('/index.html');
  return pages;
}

const noConsole =
  'kubesense-mcp is running. This build of it has no web console: `npm run build` in a clone makes one.\nMCP is served at /mcp.\n';

function pageOf(path: string, bytes: Buffer): Page {
  const type = contentTypes[extname(path)] ?? 'application/octet-stream';
  const gzipped = isText(type) ? gzipSync(bytes) : undefined;
  // Weak, as it is the same for both encodings.
  const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  return {
    bytes,
    gzipped: gzipped !== undefined && gzipped.length < bytes.length ? gzipped : undefined,
    headers: {
      ...securityHeaders,
      'Content-Type': type,
      // The names of assets hold a hash of what is in them.
      'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: etag,
      Vary: 'Accept-Encoding',
    },
  };
}

/** Serves the pages; a path that is none of them goes to `otherwise`. */
export function createPagesHandler(
  pages: Pages,
  guard: HostGuard,
  otherwise: RequestHandler,
): RequestHandler {
  return (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const page = pages.get(path);
    if (page === undefined) return otherwise(request, response);
    guard(request.headers);
    const { method, headers } = request;
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(['GET', 'HEAD']);
    sendPage(response, page, {
      isHead: method === 'HEAD',
      takesGzip: /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(headers['accept-encoding'] ?? '')),
      known: headers['if-none-match'],
    });
  };
}

interface PageRequest {
  readonly isHead: boolean;
  readonly takesGzip: boolean;
  /** The entity tags that the client has. */
  readonly known: string | undefined;
}

function sendPage(response: ServerResponse, page: Page, { isHead, takesGzip, known }: PageRequest): void {
  for (const [name, value] of Object.entries(page.headers)) response.setHeader(name, value);
  const tag = page.headers.ETag;
  if (known?.split(',').some((one) => one.trim() === tag)) {
    response.writeHead(304).end();
    return;
  }
  const zipped = takesGzip ? page.gzipped : undefined;
  const bytes = zipped ?? page.bytes;
  response.writeHead(200, {
    'Content-Length': bytes.length,
    ...(zipped !== undefined && { 'Content-Encoding': 'gzip' }),
  });
  response.end(isHead ? undefined : bytes);
}
