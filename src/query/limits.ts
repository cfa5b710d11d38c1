import { InputError } from '../telemetry/input-error.ts';

/** A number past its ceiling is lowered, and the answer says so. */
export function lowered(
  name: string,
  asked: number | undefined,
  { standard, max }: { readonly standard: number; readonly max: number },
): { readonly value: number; readonly notes: readonly string[] } {
  if (asked === undefined) return { value: standard, notes: [] };
  if (!Number.isInteger(asked) || asked < 1) {
    throw new InputError(`${name}: takes a whole number from 1 to ${max}, got ${asked}`);
  }
  if (asked <= max) return { value: asked, notes: [] };
  return { value: max, notes: [`${name} ${asked} was lowered to ${max}, the most there is`] };
}
