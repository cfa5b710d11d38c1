/** A request that can't be served, and the answer it gets. The message is written for the client. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** 405, with the methods that are allowed here (RFC 9110, 15.5.6). */
export function methodNotAllowed(allowed: readonly string[]): HttpError {
  return new HttpError(405, `Method not allowed. Allowed here: ${allowed.join(', ')}.`, {
    Allow: allowed.join(', '),
  });
}

/** 413, with the ceiling in bytes. */
export function bodyTooLarge(maxBytes: number): HttpError {
  // The rest of such a body may still be on its way, so the connection can't be used again.
  return new HttpError(413, `The request body is too large: at most ${maxBytes} bytes.`, {
    Connection: 'close',
  });
}
