import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { principal, window } from '../../test/mcp/stub-queries.ts';
import { LimitError } from '../access/limit-error.ts';
import { StoreError } from '../store/store-error.ts';
import { InputError } from '../telemetry/input-error.ts';
import { callTool, type EndedCall, type ToolCall } from './call-tool.ts';
import type { Tool } from './define-tool.ts';

function tool(answer: Tool['answer']): Tool {
  return { name: 'test-tool', title: 'Test', description: 'A test', inputSchema: { type: 'object' }, answer };
}

/** Calls a tool that gives or throws what `answer` does; what was logged and noted beside the result. */
async function calling(answer: Tool['answer'], more: Partial<ToolCall> = {}, admit = () => {}) {
  const lines: Record<string, unknown>[] = [];
  const calls: EndedCall[] = [];
  const log = pino(
    { level: 'debug', base: null, timestamp: false },
    { write: (line) => lines.push(JSON.parse(line)) },
  );
  let ms = 100;
  const elapsed = () => {
    ms += 12.5;
    return ms;
  };
  const result = await callTool(
    tool(answer),
    {
      args: { filters: 'token = "s3cret"' },
      principalOf: () => principal,
      signal: new AbortController().signal,
      ...more,
    },
    { log, mark: () => '483920', errorId: () => 'e1', elapsed, admit, onCall: (call) => calls.push(call) },
  );
  expect(JSON.stringify(lines)).not.toContain('s3cret');
  return { result, lines, calls };
}

const failing = (error: unknown) => calling(() => Promise.reject(error));
const ended = { tool: 'test-tool', principal, asked: { query: {} }, ms: 12.5 };

test('an answer is one text', async () => {
  const { result, lines, calls } = await calling(
    async (_, { principal }, mark) => `${principal.name} ${mark()}`,
  );
  expect(result).toEqual({ content: [{ type: 'text', text: 'tests 483920' }] });
  expect(lines).toEqual([]);
  expect(calls).toEqual([{ ...ended, outcome: 'ok' }]);
});

test('what was asked is known however the call ends', async () => {
  const asked = { query: { filters: 'level = ERROR' } };
  const found = { ...asked, window, rows: 3 };
  const answered = await calling(async (_args, _call, _mark, _redaction, onAsked) => {
    onAsked?.(asked);
    onAsked?.(found);
    return 'text';
  });
  expect(answered.calls).toEqual([{ ...ended, asked: found, outcome: 'ok' }]);
  const failed = await calling(async (_args, _call, _mark, _redaction, onAsked) => {
    onAsked?.(asked);
    throw new StoreError('timeout', 'slow');
  });
  expect(failed.calls).toEqual([{ ...ended, asked, outcome: 'timeout' }]);
});

test('past a limit of the key nothing is asked, and the model is told when to try again', async () => {
  const limit = new LimitError('key_requests_per_minute', 'This key has sent its requests.', 3);
  const { result, calls } = await calling(
    async () => 'never',
    undefined,
    () => {
      throw limit;
    },
  );
  expect(result).toEqual({
    content: [{ type: 'text', text: 'This key has sent its requests. Try again in 3 s.' }],
    isError: true,
  });
  expect(calls).toEqual([{ ...ended, outcome: 'limited' }]);
  expect((await failing(limit)).result).toEqual(result);
});

test('what is wrong with the input is told, with its place', async () => {
  const { result, calls } = await failing(
    new InputError('no field "levle"', { text: 'levle = x', start: 0, end: 5 }),
  );
  expect(result).toEqual({
    content: [{ type: 'text', text: 'no field "levle"\n  levle = x\n  ^^^^^' }],
    isError: true,
  });
  expect(calls).toEqual([{ ...ended, outcome: 'invalid_input' }]);
});

describe('of a failure of the store', () => {
  test.each([
    ['timeout', /longer than the time a query may take.*from_time/],
    ['memory', /more memory.*groupBy/],
    ['rows', /more rows.*filter/],
    ['busy', /Too many queries.*again/],
    ['unavailable', /can't be reached.*Error id: [0-9a-f]{12}$/],
    ['denied', /refuses.*Error id: [0-9a-f]{12}$/],
    ['aborted', /stopped.*again/],
    ['internal', /failed.*Error id: [0-9a-f]{12}$/],
  ] as const)('%s tells what to do, and nothing of the store', async (kind, expected) => {
    const error = new StoreError(
      kind,
      'Code: 60. DB::Exception: table otel_logs on 10.0.0.5:8123 read 93436 rows',
    );
    const { result, lines, calls } = await failing(error);
    expect(result.isError).toBe(true);
    const [content] = result.content;
    const text = content?.type === 'text' ? content.text : '';
    expect(text).toMatch(expected);
    expect(text).not.toMatch(/Code|DB::|otel_logs|10\.0\.0\.5|93436/);
    if (text.includes('Error id')) expect(text).toContain(error.id);
    expect(lines).toMatchObject([{ errorId: error.id, err: { message: error.message } }]);
    expect(calls).toEqual([{ ...ended, outcome: kind }]);
  });
});

test('of anything else only an id is told, and the rest logged', async () => {
  for (const error of [new TypeError('cannot read /srv/secret.ts'), 'a string', undefined]) {
    const { result, lines, calls } = await failing(error);
    expect(result).toEqual({
      content: [
        { type: 'text', text: 'The server failed. Its operator finds the reason in the log. Error id: e1' },
      ],
      isError: true,
    });
    expect(lines).toMatchObject([{ level: 50, errorId: 'e1' }]);
    expect(calls).toEqual([{ ...ended, outcome: 'internal' }]);
  }
});

test('a call that was given up is no error in the log', async () => {
  const abort = new AbortController();
  const { result, lines, calls } = await calling(
    async () => {
      abort.abort();
      throw new StoreError('aborted', 'Code: 394. DB::Exception: cancelled');
    },
    { signal: abort.signal },
  );
  expect(result.isError).toBe(true);
  expect(lines).toEqual([]);
  expect(calls).toEqual([{ ...ended, outcome: 'cancelled' }]);
});

test('a caller that is not known is a failure like any other', async () => {
  const { result, lines, calls } = await calling(async () => 'never', {
    principalOf: () => {
      throw new Error('a request was not authenticated');
    },
  });
  expect(result.isError).toBe(true);
  expect(JSON.stringify(result)).not.toContain('authenticated');
  expect(lines).toMatchObject([{ errorId: 'e1' }]);
  expect(calls).toEqual([{ ...ended, principal: undefined, outcome: 'internal' }]);
});
