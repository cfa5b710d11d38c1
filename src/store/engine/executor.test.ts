import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exceptions } from './exception.ts';
import { type Execution, Executor } from './executor.ts';
import { RunningTask } from './lane.ts';
import type { LaneReport, LaneTask } from './lane-messages.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A lane whose task runs until it is told to end. */
class FakeLane {
  task: LaneTask | undefined;
  #report: (report: LaneReport) => void = () => undefined;

  start(task: LaneTask): RunningTask {
    this.task = task;
    return new RunningTask(
      () =>
        new Promise((resolve) => {
          this.#report = resolve;
        }),
      () => undefined,
    );
  }

  report(report: LaneReport): void {
    this.#report(report);
  }
}

class KillingLane extends FakeLane {
  readonly statements: string[] = [];

  override start(task: LaneTask): RunningTask {
    this.statements.push(task.sql);
    return new RunningTask(
      () => Promise.resolve({ kind: 'done' }),
      () => undefined,
    );
  }
}

function setUp(readers = 1) {
  const lanes: FakeLane[] = [];
  const opener = new KillingLane();
  const broken: string[] = [];
  const executor = new Executor({
    opener,
    newLane: () => {
      const lane = new FakeLane();
      lanes.push(lane);
      return lane;
    },
    readers,
    onBroken: (error) => broken.push(error.message),
  });
  return { executor, lanes, opener, broken };
}

const task: LaneTask = { prelude: '', sql: 'SELECT 1', output: { kind: 'none' } };
const reading: Execution = { role: 'read', cheap: false, waitMs: 600_000, limitMs: 30_000 };

/** Starts a statement, and gives its end: an error's message, or 'done'. */
function run(executor: Executor, execution: Execution): Promise<string> {
  const result = executor.run(task, execution);
  return result.next().then(
    ({ done }) => (done === true ? 'done' : 'more'),
    (error: Error) => error.message,
  );
}

describe('a query that is aborted', () => {
  test('is killed by its tag until it ends; then its lane is free', async () => {
    const { executor, lanes, opener } = setUp();
    const controller = new AbortController();
    const aborted = run(executor, { ...reading, signal: controller.signal });
    await vi.advanceTimersByTimeAsync(0);
    const tag = /^\/\* query [0-9a-f]{24} \*\//.exec(lanes[0]?.task?.sql ?? '')?.[0];
    controller.abort(new Error('gone'));
    expect(await aborted).toBe('gone');
    const next = run(executor, reading);
    await vi.advanceTimersByTimeAsync(250);
    expect(opener.statements).toEqual(Array(3).fill(`KILL QUERY WHERE startsWith(query, '${tag}')`));
    lanes[0]?.report({
      kind: 'failed',
      message: 'Code: 394. DB::Exception: cancelled (QUERY_WAS_CANCELLED)',
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(lanes[0]?.task?.sql).not.toContain(tag);
    lanes[0]?.report({ kind: 'done' });
    expect(await next).toBe('done');
    expect(opener.statements).toHaveLength(3);
  });

  test('and can not be killed gives its place to another lane', async () => {
    const { executor, lanes, broken } = setUp();
    const controller = new AbortController();
    const aborted = run(executor, { ...reading, signal: controller.signal });
    const next = run(executor, reading);
    controller.abort(new Error('gone'));
    expect(await aborted).toBe('gone');
    const before = lanes.length;
    await vi.advanceTimersByTimeAsync(14_000);
    expect(lanes).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(lanes).toHaveLength(before + 1);
    lanes.at(-1)?.report({ kind: 'done' });
    expect(await next).toBe('done');
    expect(broken).toEqual([]);
  });

  test('too many that can not be killed break the engine', async () => {
    const { executor, broken } = setUp(3);
    const controller = new AbortController();
    const aborted = [1, 2, 3].map(() =>
      run(executor, { ...reading, cheap: true, signal: controller.signal }),
    );
    await vi.advanceTimersByTimeAsync(0);
    controller.abort(new Error('gone'));
    expect(await Promise.all(aborted)).toEqual(['gone', 'gone', 'gone']);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(broken).toEqual(['too many queries can not be stopped']);
  });
});

test('a query that ignores its time limit is killed, and the client told at once', async () => {
  const { executor, opener } = setUp();
  const late = run(executor, reading);
  await vi.advanceTimersByTimeAsync(34_900);
  expect(opener.statements).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(await late).toContain('did not stop at its time limit');
  expect(opener.statements.length).toBeGreaterThan(0);
});

test('an insert that runs is not ended by its client, but one that waits is', async () => {
  const { executor, lanes, opener } = setUp();
  const controller = new AbortController();
  const inserting: Execution = { ...reading, role: 'insert', signal: controller.signal };
  const first = run(executor, inserting);
  const second = run(executor, inserting);
  await vi.advanceTimersByTimeAsync(0);
  controller.abort(new Error('gone'));
  expect(await second).toBe('gone');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(opener.statements).toEqual([]);
  lanes.find((lane) => lane.task !== undefined)?.report({ kind: 'done' });
  expect(await first).toBe('done');
});

test('all that reads can be ended, and nothing else', async () => {
  const { executor, lanes } = setUp();
  const read = run(executor, reading);
  const insert = run(executor, { ...reading, role: 'insert' });
  await vi.advanceTimersByTimeAsync(0);
  executor.endReaders(exceptions.memoryLimit('too much'));
  expect(await read).toBe('too much');
  lanes.filter((lane) => lane.task !== undefined)[1]?.report({ kind: 'done' });
  expect(await insert).toBe('done');
});
