import { describe, expect, test } from 'vitest';
import { InputError } from '../telemetry/input-error.ts';
import { parseExpiry } from './expiry.ts';

const now = new Date('2026-11-23T12:00:00Z');

describe('an expiry', () => {
  test.each([
    ['90m', '2026-11-23T13:30:00.000Z'],
    ['12h', '2026-11-24T00:00:00.000Z'],
    ['30d', '2026-12-23T12:00:00.000Z'],
    ['2w', '2026-12-07T12:00:00.000Z'],
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T10:00', '2027-01-31T10:00:00.000Z'],
    ['2027-01-31T10:00:05.250Z', '2027-01-31T10:00:05.250Z'],
    ['2027-01-31T10:00:00+02:00', '2027-01-31T08:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(parseExpiry(text, now).toISOString()).toBe(expected);
  });

  test.each([
    '',
    '30',
    'd',
    '-3d',
    '1.5h',
    '30 d',
    '0x1d',
    '2027-13-01',
    '2027-02-29',
    '2027-02-30T10:00',
    '01/02/2027',
    'tomorrow',
    '9999999d',
    '__proto__',
  ])('%j is none', (text) => {
    expect(() => parseExpiry(text, now)).toThrow(InputError);
    expect(() => parseExpiry(text, now)).toThrow(/is not an expiry.*30d.*2027-01-31/);
  });

  test.each(['0d', '2026-11-23', '2026-11-23T12:00:00Z', '1999-01-01'])('%s has passed', (text) => {
    expect(() => parseExpiry(text, now)).toThrow(/has passed/);
  });
});
