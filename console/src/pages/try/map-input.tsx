import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { type Arguments, isArguments, nextLabel, withArgument } from './arguments.ts';
import { ObjectInput } from './object-input.tsx';
import { PlainInput, type PlainInputProps } from './plain-input.tsx';
import type { ToolField } from './tool-schema.ts';
import styles from './try.module.css';

export interface MapInputProps {
  readonly field: Extract<ToolField, { kind: 'map' }>;
  readonly value: Arguments;
  onChange(value: Arguments): void;
}

/** Queries by label: a form for each, with the inputs that its datasource takes. */
export function MapInput({ field: { name, description, fields }, value, onChange }: MapInputProps) {
  const labels = Object.keys(value);
  const add = () => onChange({ ...value, [nextLabel(labels)]: { datasource: 'logs' } });
  const rename = (from: string, to: string) =>
    onChange(
      Object.fromEntries(Object.entries(value).map(([label, one]) => [label === from ? to : label, one])),
    );

  return (
    <fieldset className={styles.map}>
      <legend className={styles.legend}>{name}</legend>
      {description && <p className={styles.hint}>{description}</p>}
      {Object.entries(value).map(([label, one], index) => {
        const query = isArguments(one) ? one : {};
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the label is typed, and the input must stay while it is
          <fieldset key={index} className={styles.query}>
            <legend className="visually-hidden">Query {label}</legend>
            <div className={styles.queryHead}>
              <TextField
                label="Label"
                mono
                value={label}
                onChange={(event) => {
                  const to = event.target.value;
                  if (!labels.includes(to)) rename(label, to);
                }}
              />
              <Button
                size="s"
                look="quiet"
                onClick={() => onChange(withArgument(value, label, undefined))}
                aria-label={`Remove query ${label}`}
              >
                Remove
              </Button>
            </div>
            {fields
              .filter((field) => takes(query.datasource, field.name))
              .map((field) => (
                <QueryInput
                  key={field.name}
                  field={field}
                  value={query[field.name]}
                  onChange={(next) => onChange({ ...value, [label]: withArgument(query, field.name, next) })}
                />
              ))}
          </fieldset>
        );
      })}
      <Button size="s" icon="plus" onClick={add}>
        Add query
      </Button>
    </fieldset>
  );
}

function QueryInput({ field, value, onChange }: PlainInputProps) {
  if (field.kind !== 'object') return <PlainInput field={field} value={value} onChange={onChange} />;
  return <ObjectInput field={field} value={isArguments(value) ? value : {}} onChange={onChange} />;
}

const takenBy: Readonly<Record<string, readonly string[]>> = {
  logs: ['filters', 'aggregation', 'groupBy'],
  traces: ['filters', 'aggregation', 'groupBy'],
  metrics: ['promql'],
  formula: ['expression'],
};

/** An input that is not known here is shown for every datasource. */
function takes(datasource: unknown, name: string): boolean {
  const known = Object.values(takenBy).some((names) => names.includes(name));
  return !known || (typeof datasource === 'string' && (takenBy[datasource]?.includes(name) ?? true));
}
