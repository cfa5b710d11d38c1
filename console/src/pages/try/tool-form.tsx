import { useState } from 'react';
import type { Tool } from '../../api/answers.ts';
import { Choice } from '../../components/choice.tsx';
import { TextArea } from '../../components/text-field.tsx';
import { type Arguments, parseArguments, withArgument } from './arguments.ts';
import { FieldInput } from './field-input.tsx';
import { fieldsOf } from './tool-schema.ts';
import styles from './try.module.css';

export interface ToolFormProps {
  readonly tool: Tool;
  readonly args: Arguments;
  onChange(args: Arguments): void;
}

/** How an answer looks is asked for last. */
const presentation = ['format', 'max_tokens', 'cursor', 'limit', 'step', 'order'];

/** The arguments of a tool, as a form or as the JSON that is sent. */
export function ToolForm({ tool, args, onChange }: ToolFormProps) {
  const fields = fieldsOf(tool.input_schema);
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const main = fields?.filter(({ name }) => !presentation.includes(name)) ?? [];
  const rest = fields?.filter(({ name }) => presentation.includes(name)) ?? [];
  const inputOf = (field: (typeof main)[number]) => (
    <FieldInput
      key={field.name}
      field={field}
      value={args[field.name]}
      onChange={(value) => onChange(withArgument(args, field.name, value))}
    />
  );

  if (fields === undefined || mode === 'json') {
    return (
      <div className={styles.form}>
        {fields && <Mode mode={mode} onChange={setMode} />}
        <JsonArguments args={args} onChange={onChange} />
      </div>
    );
  }
  return (
    <div className={styles.form}>
      <Mode mode={mode} onChange={setMode} />
      {main.map(inputOf)}
      {rest.length > 0 && (
        <details className={styles.more}>
          <summary>Size and form of the answer</summary>
          <div className={styles.form}>{rest.map(inputOf)}</div>
        </details>
      )}
    </div>
  );
}

function Mode({ mode, onChange }: { readonly mode: 'form' | 'json'; onChange(mode: 'form' | 'json'): void }) {
  return (
    <Choice<'form' | 'json'>
      label="Arguments as"
      hideLabel
      value={mode}
      onChange={onChange}
      options={[
        { value: 'form', label: 'Form' },
        { value: 'json', label: 'JSON' },
      ]}
    />
  );
}

function JsonArguments({ args, onChange }: Omit<ToolFormProps, 'tool'>) {
  const [text, setText] = useState(() => JSON.stringify(args, null, 2));
  const [error, setError] = useState<string>();
  const type = (next: string) => {
    setText(next);
    const parsed = parseArguments(next);
    setError(parsed.error);
    if (parsed.args) onChange(parsed.args);
  };
  return (
    <TextArea
      label="Arguments as JSON"
      rows={12}
      value={text}
      error={error}
      onChange={(event) => type(event.target.value)}
    />
  );
}
