import { type Arguments, withArgument } from './arguments.ts';
import { PlainInput } from './plain-input.tsx';
import type { ToolField } from './tool-schema.ts';
import styles from './try.module.css';

export interface ObjectInputProps {
  readonly field: Extract<ToolField, { kind: 'object' }>;
  readonly value: Arguments;
  onChange(value: unknown): void;
}

export function ObjectInput({
  field: { name, description, required, fields },
  value,
  onChange,
}: ObjectInputProps) {
  return (
    <fieldset className={styles.object}>
      <legend className={styles.legend}>{required ? name : `${name} (optional)`}</legend>
      {description && <p className={styles.hint}>{description}</p>}
      <div className={styles.row}>
        {fields.map((one) => (
          <PlainInput
            key={one.name}
            field={one}
            value={value[one.name]}
            onChange={(next) => onChange(withArgument(value, one.name, next))}
          />
        ))}
      </div>
    </fieldset>
  );
}
