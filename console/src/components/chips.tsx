import { Combobox } from '@base-ui/react/combobox';
import { type ReactNode, useId, useRef, useState } from 'react';
import styles from './chips.module.css';
import fieldStyles from './field.module.css';
import { Icon } from './icon.tsx';
import popup from './popup.module.css';

export interface ChipsProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly placeholder?: string;
  readonly values: readonly string[];
  readonly suggestions?: readonly string[];
  onChange(values: string[]): void;
}

/** A list of texts, each one suggested or typed: Enter or a comma adds what is typed. */
export function Chips({ label, hint, placeholder, values, suggestions = [], onChange }: ChipsProps) {
  const id = useId();
  // The list belongs to the dialog or form that it opens in, for assistive technology too.
  const field = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const text = typed.trim();
  const known = suggestions.includes(text) || values.includes(text);
  // Enter takes the first: a name that exists rather than the part of it that was typed.
  const items = [...suggestions, ...(text === '' || known ? [] : [text])];

  const add = (all: readonly string[]) => {
    onChange([...new Set(all.map((value) => value.trim()).filter((value) => value !== ''))]);
    setTyped('');
  };
  const type = (next: string) => {
    if (next.includes(',')) add([...values, ...next.split(',')]);
    else setTyped(next);
  };

  return (
    <div className={fieldStyles.field} ref={field}>
      <label className={fieldStyles.label} htmlFor={id}>
        {label}
      </label>
      <Combobox.Root
        multiple
        items={items}
        value={[...values]}
        onValueChange={(next: string[]) => add(next)}
        inputValue={typed}
        onInputValueChange={type}
        autoHighlight={text !== ''}
      >
        <Combobox.InputGroup className={styles.group}>
          <Combobox.Chips className={styles.chips}>
            {values.map((value) => (
              <Combobox.Chip key={value} className={styles.chip} aria-label={value}>
                {value}
                <Combobox.ChipRemove className={styles.remove} aria-label={`Remove ${value}`}>
                  <Icon name="close" />
                </Combobox.ChipRemove>
              </Combobox.Chip>
            ))}
            <Combobox.Input
              id={id}
              className={styles.input}
              placeholder={values.length === 0 ? placeholder : ''}
              spellCheck={false}
              onBlur={() => text !== '' && add([...values, text])}
              {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })}
            />
          </Combobox.Chips>
        </Combobox.InputGroup>
        <Combobox.Portal container={field}>
          <Combobox.Positioner className={popup.positioner} sideOffset={4}>
            <Combobox.Popup className={popup.popup}>
              <Combobox.Empty className={popup.empty}>Type a name and press Enter.</Combobox.Empty>
              <Combobox.List className={popup.list}>
                {(item: string) => (
                  <Combobox.Item key={item} value={item} className={popup.item}>
                    {suggestions.includes(item) ? item : `Add “${item}”`}
                    <Combobox.ItemIndicator className={popup.chosen}>
                      <Icon name="check" />
                    </Combobox.ItemIndicator>
                  </Combobox.Item>
                )}
              </Combobox.List>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
      {hint && (
        <div className={fieldStyles.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}
