import { Select as Base } from '@base-ui/react/select';
import { useId } from 'react';
import fieldStyles from './field.module.css';
import { Icon } from './icon.tsx';
import styles from './popup.module.css';

export interface SelectProps<T extends string> {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  onChange(value: NoInfer<T>): void;
}

/** One of many options, in a list that opens. */
export function Select<T extends string>({ label, hint, value, options, onChange }: SelectProps<T>) {
  const id = useId();
  return (
    <div className={fieldStyles.field}>
      <Base.Root items={options} value={value} onValueChange={(next) => next !== null && onChange(next)}>
        <Base.Label className={fieldStyles.label}>{label}</Base.Label>
        <Base.Trigger
          className={styles.trigger}
          {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })}
        >
          <Base.Value className={styles.value} />
          <Base.Icon className={styles.caret}>
            <Icon name="chevron" />
          </Base.Icon>
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner className={styles.positioner} sideOffset={4} alignItemWithTrigger={false}>
            <Base.Popup className={styles.popup}>
              <Base.List className={styles.list}>
                {options.map((option) => (
                  <Base.Item key={option.value} value={option.value} className={styles.item}>
                    <Base.ItemText>{option.label}</Base.ItemText>
                    <Base.ItemIndicator className={styles.chosen}>
                      <Icon name="check" />
                    </Base.ItemIndicator>
                  </Base.Item>
                ))}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
      {hint && (
        <div className={fieldStyles.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}
