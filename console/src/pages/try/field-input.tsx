import { isArguments } from './arguments.ts';
import { MapInput } from './map-input.tsx';
import { ObjectInput } from './object-input.tsx';
import { PlainInput, type PlainInputProps } from './plain-input.tsx';

/** The input, or inputs, that fit a field's kind. */
export function FieldInput({ field, value, onChange }: PlainInputProps) {
  const inner = isArguments(value) ? value : {};
  if (field.kind === 'map') return <MapInput field={field} value={inner} onChange={onChange} />;
  if (field.kind === 'object') return <ObjectInput field={field} value={inner} onChange={onChange} />;
  return <PlainInput field={field} value={value} onChange={onChange} />;
}
