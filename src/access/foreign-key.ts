import { z } from 'zod';
import { maxLimitLength, maxLimitValues, maxNameLength, printable } from './key-input.ts';

const iso = z.union([z.iso.datetime({ offset: true, local: true }), z.iso.date()]);

/** An ISO 8601 date or time, UTC where it names no zone. */
export const expirySchema = iso.transform((text) =>
  text.includes('T') && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? new Date(`${text}Z`) : new Date(text),
);

export const nameSchema = z.string().max(maxNameLength).regex(printable);

const list = z.array(z.string().max(maxLimitLength).regex(printable)).max(maxLimitValues);

/**
 * Limits that others set. An unknown one is an error: to leave it out would show the key more than it may see.
 * An empty list shows nothing.
 */
export const limitsSchema = z.strictObject({
  clusters: list.exactOptional(),
  namespaces: list.exactOptional(),
});
