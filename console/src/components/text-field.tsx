import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';
import styles from './field.module.css';

export interface FieldTexts {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
}

/** Label, control, hint and error, tied together for screen readers. `children` gets the ids. */
export function Field({
  label,
  hint,
  error,
  children,
}: FieldTexts & {
  children(ids: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': true | undefined;
  }): ReactNode;
}) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {hint && (
        <div className={styles.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error && (
        <div className={styles.error} id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}

type InputProps = FieldTexts & ComponentProps<'input'> & { readonly mono?: boolean };

export function TextField({ label, hint, error, mono = false, className, ...rest }: InputProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...ids}
          className={classNames(styles.input, mono && styles.mono, className)}
        />
      )}
    </Field>
  );
}

type AreaProps = FieldTexts & ComponentProps<'textarea'>;

export function TextArea({ label, hint, error, className, ...rest }: AreaProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <textarea
          rows={2}
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...ids}
          className={classNames(styles.input, styles.area, styles.mono, className)}
        />
      )}
    </Field>
  );
}
