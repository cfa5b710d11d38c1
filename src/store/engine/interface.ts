import type { IncomingMessage, ServerResponse } from 'node:http';
import { MemoryReleaser } from '../memory-releaser.ts';
import { sql } from '../sql/sql.ts';
import { Answer } from './answer.ts';
import { readQuery, type Spool, type SpoolFile } from './body.ts';
import { exceptions, QueryException } from './exception.ts';
import type { Execution, Executor, Role } from './executor.ts';
import { type OutputFormat, outputFormat } from './formats.ts';
import type { LaneTask } from './lane-messages.ts';
import { sessionPrelude } from './prelude.ts';
import { authenticate, type Credentials, parseRequest, type QueryRequest } from './request.ts';
import { engineSettingsOf, numberSetting, type SettingLimits, type Settings } from './settings.ts';
import { parseStatement, type Statement } from './statement.ts';

export interface InterfaceOptions {
  readonly executor: Executor;
  readonly spool: Spool;
  readonly credentials: Credentials;
  /** The engine's version, for the text of errors. */
  readonly version: string;
  /** The most memory that one query may take, in bytes. */
  readonly queryMemoryBytes: number;
  /** Is told of errors that are no exceptions of the engine: a client doesn't see more of them than that. */
  readonly onUnforeseen: (error: unknown) => void;
}

/** Execution time in seconds: by default, and at most. Changes of big tables may take long. */
const executionSeconds: Readonly<Record<Role, { readonly byDefault: number; readonly most: number }>> = {
  read: { byDefault: 30, most: 600 },
  insert: { byDefault: 120, most: 600 },
  change: { byDefault: 3600, most: 86_400 },
  kill: { byDefault: 10, most: 10 },
};

/** How many inserts may be underway, those whose data is still arriving included. */
const mostInserts = 64;
/** The most bytes of a result that has to be held whole, as far as the query doesn't say less. */
const largestDocument = 256 * 1024 * 1024;

/** ClickHouse's HTTP interface: https://clickhouse.com/docs/interfaces/http */
export class HttpInterface {
  readonly #options: InterfaceOptions;
  readonly #memory = new MemoryReleaser();
  #inserts = 0;

  constructor(options: InterfaceOptions) {
    this.#options = options;
  }

  /** Answers one request. Never rejects. */
  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    // Without a listener a client that goes away while it is written to would end the process.
    response.on('error', () => undefined);
    const url = requestUrl(message);
    if (url === undefined) {
      plain(response, 400, 'The URL is not valid\n');
      return;
    }
    if (url.pathname === '/ping') {
      response.end('Ok.\n');
      return;
    }
    const answer = new Answer(response, this.#options.version, this.#memory);
    const gone = new AbortController();
    response.once('close', () => gone.abort(exceptions.aborted('The client has closed the connection')));
    try {
      authenticate(message, url, this.#options.credentials);
      if (url.pathname !== '/') {
        plain(response, 404, 'There is no handle for this path\n');
      } else if (message.method !== 'GET' && message.method !== 'POST') {
        plain(response, 405, 'Only GET and POST are supported\n');
      } else {
        await this.#answer(message, url, answer, gone.signal);
      }
    } catch (caught) {
      const error = fromSystem(caught);
      if (!(error instanceof QueryException) && !gone.signal.aborted) this.#options.onUnforeseen(error);
      answer.fail(error);
    }
  }

  async #answer(message: IncomingMessage, url: URL, answer: Answer, gone: AbortSignal): Promise<void> {
    const request = parseRequest(message, url);
    if (request.query !== '') {
      const statement = parseStatement(request.query);
      if (statement.kind === 'insert') {
        await this.#insert(message, request, statement, answer, gone);
        return;
      }
    }
    const body = await readQuery(message);
    const statement = parseStatement(request.query === '' ? body : `${request.query}\n${body}`);
    if (statement.kind === 'insert') await this.#insert(message, request, statement, answer, gone);
    else await this.#query(request, statement, answer, gone);
  }

  async #query(
    request: QueryRequest,
    statement: Exclude<Statement, { kind: 'insert' }>,
    answer: Answer,
    gone: AbortSignal,
  ): Promise<void> {
    const role = roleOf(statement);
    if (request.readonly && role !== 'read') {
      throw exceptions.readonly('Cannot execute query in readonly mode.');
    }
    const named = statement.kind === 'select' || statement.kind === 'describe' ? statement.format : undefined;
    const format = outputFormat(named ?? request.defaultFormat);
    const output = outputOf(request, statement, format);
    answer.describe(request.queryId, format);
    const own = output.kind === 'whole' ? documentSettings(request.settings) : new Map();
    for await (const bytes of this.#run(request, { sql: statement.text, output }, role, own, gone)) {
      await answer.write(bytes);
    }
    answer.end();
  }

  async #insert(
    message: IncomingMessage,
    request: QueryRequest,
    statement: Extract<Statement, { kind: 'insert' }>,
    answer: Answer,
    gone: AbortSignal,
  ): Promise<void> {
    if (request.readonly) throw exceptions.readonly('Cannot execute query in readonly mode.');
    if (this.#inserts >= mostInserts) {
      throw exceptions.tooManyQueries('Too many simultaneous queries: too many inserts are waiting.');
    }
    this.#inserts += 1;
    let file: SpoolFile | undefined;
    try {
      file = await this.#options.spool.receive(message, statement.data.replace(/^ *(?:\r?\n)?/, ''));
      answer.describe(request.queryId, outputFormat('TabSeparated'));
      if (file.size > 0) {
        const text = `${statement.head}${sql` SELECT * FROM file(${file.path}, ${statement.format})`.text}`;
        const task: Pick<LaneTask, 'sql' | 'output'> = { sql: text, output: { kind: 'none' } };
        const own = insertSettings(request.settings);
        for await (const _ of this.#run(request, task, 'insert', own, gone));
      }
      answer.end();
    } finally {
      this.#inserts -= 1;
      await file?.remove();
    }
  }

  /** @param own settings that a client can't change */
  #run(
    request: QueryRequest,
    task: Pick<LaneTask, 'sql' | 'output'>,
    role: Role,
    own: Settings,
    gone: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    const { byDefault, most } = executionSeconds[role];
    const limits: SettingLimits = {
      queryMemoryBytes: this.#options.queryMemoryBytes,
      defaultExecutionSeconds: byDefault,
      executionSeconds: most,
    };
    const settings = engineSettingsOf(request.settings, limits);
    const execution: Execution = {
      role,
      cheap: request.cheap,
      waitMs: request.waitMs,
      limitMs: Number(settings.get('max_execution_time')) * 1_000,
      signal: gone,
    };
    const prelude = sessionPrelude(request, new Map([...settings, ...own]), role === 'read');
    return this.#options.executor.run({ ...task, prelude }, execution);
  }
}

function requestUrl(message: IncomingMessage): URL | undefined {
  try {
    return new URL(message.url ?? '/', 'http://localhost');
  } catch {
    return undefined;
  }
}

function roleOf(statement: Exclude<Statement, { kind: 'insert' }>): Role {
  if (statement.kind === 'kill') return 'kill';
  if (statement.kind === 'change') return statement.verb === 'INSERT' ? 'insert' : 'change';
  return 'read';
}

function outputOf(request: QueryRequest, statement: Statement, format: OutputFormat): LaneTask['output'] {
  if (statement.kind !== 'select' && statement.kind !== 'describe') return { kind: 'none' };
  // Only a SELECT can be streamed, and its totals would come as a chunk of another form.
  const streams = statement.kind === 'select' && !statement.totals && !request.wholeResult;
  if (!streams || format.framing === 'document') return { kind: 'whole', format: format.name };
  return { kind: 'stream', format: format.name, header: format.framing === 'header' };
}

function documentSettings(sent: Settings): Settings {
  const asked = numberSetting(sent, 'max_result_bytes', largestDocument);
  return new Map([
    ['max_result_bytes', String(Math.min(asked === 0 ? largestDocument : asked, largestDocument))],
  ]);
}

/**
 * An INSERT with data becomes an INSERT … SELECT; these make it behave as what it was. A file gives the same
 * rows each time, so that what is repeated can be recognised although the engine calls the query a bad one for it.
 */
function insertSettings(sent: Settings): Settings {
  return new Map([
    ['use_structure_from_insertion_table_in_table_functions', '1'],
    [
      'deduplicate_insert_select',
      sent.get('insert_deduplicate') === '0' ? 'disable' : 'enable_even_for_bad_queries',
    ],
  ]);
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=UTF-8', Connection: 'close' }).end(text);
}

/** A full disk is the one failure of the system that a sender can wait for. */
function fromSystem(error: unknown): unknown {
  const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  return isFull ? new QueryException(243, 'NOT_ENOUGH_SPACE', 'There is no space left in the store') : error;
}
