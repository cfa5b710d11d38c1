import { CopyButton } from './copy-button.tsx';
import { Notice } from './notice.tsx';
import styles from './secret-once.module.css';

/** A new key, for the only time that it can be seen. */
export function SecretOnce({
  name,
  secret,
  onCopied,
}: {
  readonly name: string;
  readonly secret: string;
  onCopied?(): void;
}) {
  return (
    <div className={styles.secret}>
      <Notice look="caution">
        <p>
          <strong>Copy the key now.</strong> Only a hash of it is stored, so it can’t be shown again. Keep it
          as you keep a password.
        </p>
      </Notice>
      <div className={styles.row}>
        <textarea
          className={styles.key}
          aria-label={`Key ${name}`}
          readOnly
          rows={2}
          spellCheck={false}
          value={secret}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton text={secret} label="Copy key" look="primary" {...(onCopied && { onCopied })} />
      </div>
    </div>
  );
}
