/** An error in ClickHouse's terms: what a ClickHouse server would answer with. */
export class QueryException extends Error {
  override readonly name = 'QueryException';
  /** ClickHouse's error code, 1 to 1002. */
  readonly code: number;
  /** The code's name, such as `UNKNOWN_TABLE`. */
  readonly type: string;

  constructor(code: number, type: string, message: string) {
    super(message);
    this.code = code;
    this.type = type;
  }
}

/** The exceptions that the HTTP interface itself raises. */
export const exceptions = {
  badArguments: (message: string) => new QueryException(36, 'BAD_ARGUMENTS', message),
  notImplemented: (message: string) => new QueryException(48, 'NOT_IMPLEMENTED', message),
  syntax: (message: string) => new QueryException(62, 'SYNTAX_ERROR', message),
  unknownSetting: (message: string) => new QueryException(115, 'UNKNOWN_SETTING', message),
  timeout: (message: string) => new QueryException(159, 'TIMEOUT_EXCEEDED', message),
  readonly: (message: string) => new QueryException(164, 'READONLY', message),
  tooManyQueries: (message: string) => new QueryException(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', message),
  queryTooLarge: (message: string) => new QueryException(229, 'QUERY_IS_TOO_LARGE', message),
  aborted: (message: string) => new QueryException(236, 'ABORTED', message),
  memoryLimit: (message: string) => new QueryException(241, 'MEMORY_LIMIT_EXCEEDED', message),
  tooManyBytes: (message: string) => new QueryException(307, 'TOO_MANY_BYTES', message),
  accessDenied: (message: string) => new QueryException(497, 'ACCESS_DENIED', message),
  authenticationFailed: (message: string) => new QueryException(516, 'AUTHENTICATION_FAILED', message),
  unsupportedMediaType: (message: string) => new QueryException(779, 'UNSUPPORTED_MEDIA_TYPE', message),
  /** What nobody foresaw, as ClickHouse reports it. */
  unforeseen: (message: string) => new QueryException(1001, 'STD_EXCEPTION', message),
};

/** Some messages quote the whole query. */
const longestMessage = 8_000;

/**
 * Reads the text of an error of chDB, such as
 * `Query failed: Code: 60. DB::Exception: Unknown table … (UNKNOWN_TABLE)`.
 */
export function parseException(text: string): QueryException {
  const head = /Code: (\d+)\. DB::Exception: /.exec(text);
  if (head === null) return exceptions.unforeseen(text.slice(0, longestMessage));
  const body = text
    .slice(head.index + head[0].length)
    // Each layer that an exception passes through repeats the head in front, and version and name behind.
    .replace(/^(?:Code: \d+\. DB::Exception: )+/, '')
    .replace(/ ?\(version [^)]*\)/g, '');
  const type = /\(([A-Z][A-Z0-9_]{2,})\)\.?\s*$/.exec(body)?.[1];
  const message = body
    .replace(/(?: ?\([A-Z][A-Z0-9_]{2,}\)\.?\s*)+$/, '')
    // The spool file of an insert is internal.
    .replace(/: \(in file\/uri [^)]*\)/g, '');
  return new QueryException(Number(head[1]), type ?? 'UNKNOWN_EXCEPTION', message.slice(0, longestMessage));
}

/** An exception as the body of a response, in the form that ClickHouse's clients parse. */
export function exceptionText(exception: QueryException): string {
  return `Code: ${exception.code}. DB::Exception: ${exception.message} (${exception.type})`;
}

/**
 * The HTTP status of an exception.
 * Source: ClickHouse, src/Server/HTTP/exceptionCodeToHTTPStatus.cpp; 413 for a body that is too large is ours.
 */
export function httpStatus(exception: QueryException): number {
  return statusOfType.get(exception.type) ?? 500;
}

const typesOfStatus: Readonly<Record<number, string>> = {
  400: `BAD_ARGUMENTS CANNOT_COMPILE_REGEXP CANNOT_PARSE_TEXT CANNOT_PARSE_ESCAPE_SEQUENCE
    CANNOT_PARSE_QUOTED_STRING CANNOT_PARSE_DATE CANNOT_PARSE_DATETIME CANNOT_PARSE_NUMBER
    CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING CANNOT_PARSE_IPV4 CANNOT_PARSE_IPV6
    CANNOT_PARSE_INPUT_ASSERTION_FAILED CANNOT_PARSE_UUID DUPLICATE_COLUMN ILLEGAL_COLUMN
    UNKNOWN_ELEMENT_IN_AST UNKNOWN_TYPE_OF_AST_NODE THERE_IS_NO_COLUMN TOO_DEEP_AST TOO_BIG_AST
    UNEXPECTED_AST_STRUCTURE SYNTAX_ERROR INCORRECT_DATA TYPE_MISMATCH VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE`,
  401: 'REQUIRED_PASSWORD',
  403: 'UNKNOWN_USER WRONG_PASSWORD AUTHENTICATION_FAILED SET_NON_GRANTED_ROLE ACCESS_DENIED',
  404: `UNKNOWN_TABLE UNKNOWN_FUNCTION UNKNOWN_IDENTIFIER UNKNOWN_TYPE UNKNOWN_STORAGE UNKNOWN_DATABASE
    UNKNOWN_SETTING UNKNOWN_DIRECTION_OF_SORTING UNKNOWN_AGGREGATE_FUNCTION UNKNOWN_FORMAT
    UNKNOWN_DATABASE_ENGINE UNKNOWN_TYPE_OF_QUERY UNKNOWN_ROLE`,
  408: 'TIMEOUT_EXCEEDED',
  411: 'HTTP_LENGTH_REQUIRED',
  413: 'QUERY_IS_TOO_LARGE TOO_MANY_BYTES',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  501: 'NOT_IMPLEMENTED',
  503: 'SOCKET_TIMEOUT CANNOT_OPEN_FILE CANNOT_SCHEDULE_TASK',
};

const statusOfType = new Map(
  Object.entries(typesOfStatus).flatMap(([status, types]) =>
    types.split(/\s+/).map((type) => [type, Number(status)] as const),
  ),
);
