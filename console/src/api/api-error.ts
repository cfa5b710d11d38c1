/** Why a request gave no answer. `status` 0: the server was not reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  /** The input that was refused, where the server says which. */
  readonly field: string | undefined;
  /** Seconds that the server asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    options: {
      readonly status: number;
      readonly code: string;
      readonly field?: string | undefined;
      readonly retryAfter?: number | undefined;
    },
  ) {
    super(message);
    this.status = options.status;
    this.code = options.code;
    this.field = options.field;
    this.retryAfter = options.retryAfter;
  }
}

/** Any failure as one that can be shown. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('The page failed. Reload it, and report this if it happens again.', {
    status: 0,
    code: 'page_failed',
  });
}
