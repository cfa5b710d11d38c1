import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { type ReactNode, useId } from 'react';
import styles from './choice.module.css';
import { classNames } from './class-names.ts';

export interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly value: T;
  readonly options: readonly {
    readonly value: T;
    readonly label: ReactNode;
    /** The option's name where its label is an icon. */
    readonly name?: string;
  }[];
  onChange(value: T): void;
}

/** One of a few options that are all in sight: a group of radio buttons in one row. */
export function Choice<T extends string>({ label, hideLabel, value, options, onChange }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className={styles.field}>
      <span id={id} className={classNames(hideLabel ? 'visually-hidden' : styles.label)}>
        {label}
      </span>
      <RadioGroup<T>
        aria-labelledby={id}
        className={styles.group}
        value={value}
        onValueChange={(next) => onChange(next)}
      >
        {options.map((option) => (
          <Radio.Root
            key={option.value}
            value={option.value}
            className={styles.option}
            {...(option.name !== undefined && { 'aria-label': option.name, title: option.name })}
          >
            {option.label}
          </Radio.Root>
        ))}
      </RadioGroup>
    </div>
  );
}
