import { builtinField, fieldsOf, type Signal } from '../telemetry/fields.ts';
import { parseFilter } from '../telemetry/filter/filter.ts';
import { bareNamesIn } from '../telemetry/filter/names-in.ts';
import { InputError } from '../telemetry/input-error.ts';

/**
 * Checks that a filter asks for no field that spans or logs alone have, where it is to hold for both.
 *
 * @throws InputError for such a field, or a wrong syntax
 */
export function checkFieldsOfBoth(text: string): void {
  const { expression } = parseFilter(text, 'traces');
  for (const { text: name, span } of expression === undefined ? [] : bareNamesIn(expression)) {
    for (const [one, other] of pairs) {
      if (builtinField(one, name) === undefined || builtinField(other, name) !== undefined) continue;
      throw new InputError(
        `${name} is a field of ${one} alone, and this filter holds for spans and logs alike. Leave it out: failures, times and lines of each level are compared in any case. Both have ${ofBoth().join(', ')}, and attributes (@name).`,
        { text, ...span },
      );
    }
  }
}

const pairs: readonly (readonly [Signal, Signal])[] = [
  ['traces', 'logs'],
  ['logs', 'traces'],
];

const ofBoth = (): string[] =>
  fieldsOf('traces')
    .map(({ name }) => name)
    .filter((name) => name !== 'timestamp' && builtinField('logs', name) !== undefined);
