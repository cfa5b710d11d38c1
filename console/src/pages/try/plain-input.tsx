import { Chips } from '../../components/chips.tsx';
import { Select } from '../../components/select.tsx';
import { TextArea, TextField } from '../../components/text-field.tsx';
import { JsonInput } from './json-input.tsx';
import type { ToolField } from './tool-schema.ts';

export interface PlainInputProps {
  readonly field: ToolField;
  readonly value: unknown;
  /** An empty value (undefined, '', [], {}) means that it is left out. */
  onChange(value: unknown): void;
}

/** One input. A field of fields is JSON here. */
export function PlainInput({ field, value, onChange }: PlainInputProps) {
  const { name, description, required, standard } = field;
  const label = required ? name : `${name} (optional)`;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';

  switch (field.kind) {
    case 'text':
      return (
        <TextField
          label={label}
          hint={description}
          mono
          placeholder={standard}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'long':
      return (
        <TextArea
          label={label}
          hint={description}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'number':
      return (
        <TextField
          label={label}
          hint={description}
          type="number"
          min={field.min}
          max={field.max}
          placeholder={standard}
          value={text}
          onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
        />
      );
    case 'choice':
      return (
        <Select
          label={label}
          hint={description}
          value={text}
          options={[
            ...(required && text !== '' ? [] : [{ value: '', label: standard ?? '–' }]),
            ...field.options
              .filter((option) => option !== standard)
              .map((option) => ({ value: option, label: option })),
          ]}
          onChange={onChange}
        />
      );
    case 'list':
      return (
        <Chips
          label={label}
          hint={description}
          values={Array.isArray(value) ? value.map(String) : []}
          onChange={onChange}
        />
      );
    case 'json':
    case 'object':
    case 'map':
      return <JsonInput label={label} hint={description} value={value} onChange={onChange} />;
  }
}
