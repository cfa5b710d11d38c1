import { useState } from 'react';
import { TextArea } from '../../components/text-field.tsx';

export interface JsonInputProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: unknown;
  onChange(value: unknown): void;
}

/** A value as JSON text; what is no JSON yet is kept as it was typed and not handed on. */
export function JsonInput({ label, hint, value, onChange }: JsonInputProps) {
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2));
  const [error, setError] = useState<string>();
  const type = (next: string) => {
    setText(next);
    try {
      onChange(next.trim() === '' ? undefined : JSON.parse(next));
      setError(undefined);
    } catch {
      setError('This is no JSON yet.');
    }
  };
  return (
    <TextArea
      label={label}
      hint={hint}
      error={error}
      value={text}
      onChange={(event) => type(event.target.value)}
    />
  );
}
