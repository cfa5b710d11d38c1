import { expect, test } from 'vitest';
import { InFlight } from './in-flight.ts';

const limits = { requests: 3, bytes: 100, decoding: 1 };

/** A promise that is settled by hand. */
function gate(): { open: () => void; passed: Promise<void> } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many requests have a place, and closing one makes room for another', () => {
  const inFlight = new InFlight(limits);
  const first = inFlight.open();
  inFlight.open();
  inFlight.open();
  expect(inFlight.open()).toBeUndefined();
  first?.close();
  expect(inFlight.open()).toBeDefined();
  expect(inFlight.requests).toBe(3);
});

test('bytes are reserved up to the limit, and given back', () => {
  const inFlight = new InFlight(limits);
  const first = inFlight.open();
  const second = inFlight.open();
  expect(first?.reserve(60)).toBe(true);
  expect(second?.reserve(40)).toBe(true);
  expect(second?.reserve(1)).toBe(false);
  first?.close();
  expect(second?.reserve(60)).toBe(true);
  second?.close();
  expect(inFlight.bytes).toBe(0);
});

test('a request that is alone may be larger than the limit', () => {
  const inFlight = new InFlight(limits);
  const alone = inFlight.open();
  expect(alone?.reserve(80)).toBe(true);
  expect(alone?.reserve(80)).toBe(true);
  expect(inFlight.open()?.reserve(1)).toBe(false);
});

test('rows are counted instead of the body, and while they are too many no other body is decoded', async () => {
  const inFlight = new InFlight(limits);
  const first = inFlight.open();
  const second = inFlight.open();
  first?.reserve(10);
  second?.reserve(10);
  await first?.decode(
    async () => 500,
    (size) => size,
  );
  expect(inFlight.bytes).toBe(510);
  let decoded = false;
  const waiting = second?.decode(
    async () => {
      decoded = true;
      return 5;
    },
    (size) => size,
  );
  await settle();
  expect(decoded).toBe(false);
  first?.close();
  await waiting;
  expect(decoded).toBe(true);
  expect(inFlight.bytes).toBe(5);
});

test('only so many bodies are decoded at once, and one that fails lets the next begin', async () => {
  const inFlight = new InFlight({ ...limits, decoding: 2 });
  const gates = [gate(), gate(), gate()];
  const started: number[] = [];
  const runs = gates.map(async ({ passed }, i) => {
    const request = inFlight.open();
    await request?.decode(
      async () => {
        started.push(i);
        await passed;
        if (i === 0) throw new Error('bad body');
      },
      () => 0,
    );
  });
  await settle();
  expect(started).toEqual([0, 1]);
  gates[0]?.open();
  await expect(runs[0]).rejects.toThrow('bad body');
  await settle();
  expect(started).toEqual([0, 1, 2]);
  for (const { open } of gates) open();
  await Promise.all(runs.slice(1));
});
