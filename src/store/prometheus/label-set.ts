import { z } from 'zod';

/** The labels of a series or target, by name; any name, `__proto__` too, which a record of zod leaves out. */
export const labelSet = z.custom<Readonly<Record<string, string>>>(isLabelSet, 'no label set');

function isLabelSet(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}
