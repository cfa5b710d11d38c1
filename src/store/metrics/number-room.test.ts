import { expect, test } from 'vitest';
import { largestPiece, NumberPool } from './number-pool.ts';
import { NumberRoom } from './number-room.ts';

test('arrays of one room do not overlap, of whatever lengths', () => {
  const room = new NumberRoom(new NumberPool(8));
  const lengths = [1, 4_096, 0, 5_000, largestPiece, 3, largestPiece + 1, 7];
  const arrays = lengths.map((length, i) => room.take(length).fill(i + 1));
  expect(arrays.map((array) => array.length)).toEqual(lengths);
  expect(arrays.every((array, i) => array.every((number) => number === i + 1))).toBe(true);
});

test('memory is used again when its room was given up, and not before', () => {
  const pool = new NumberPool(8);
  const rooms = [new NumberRoom(pool), new NumberRoom(pool)];
  const [first, second] = rooms.map((room) => room.take(largestPiece));
  expect(second?.buffer).not.toBe(first?.buffer);
  rooms[0]?.release();
  expect(new NumberRoom(pool).take(5).buffer).toBe(first?.buffer);
  expect(new NumberRoom(pool).take(5).buffer).not.toBe(first?.buffer);
});

test('a pool keeps so many pieces and no more', () => {
  const pool = new NumberPool(2);
  const room = new NumberRoom(pool);
  for (let i = 0; i < 5; i++) room.take(largestPiece);
  room.release();
  const taken = [pool.take(), pool.take(), pool.take()];
  expect(taken.map((piece) => piece?.length)).toEqual([largestPiece, largestPiece, undefined]);
});

test('a pool keeps the small pieces of a room too, and gives the largest that it has', () => {
  const pool = new NumberPool(2);
  const room = new NumberRoom(pool);
  const [small, , large] = [5, 4_096, 20_000].map((length) => room.take(length));
  room.release();
  expect(pool.take(largestPiece)).toBeUndefined();
  expect(pool.take(20_000)?.buffer).toBe(large?.buffer);
  expect(pool.take(20_000)).toBeUndefined();
  expect(pool.take()?.buffer).not.toBe(small?.buffer);
  expect(pool.take()).toBeUndefined();
});
