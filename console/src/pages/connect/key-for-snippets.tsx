import { useState } from 'react';
import type { Generated, Role } from '../../api/answers.ts';
import { Button } from '../../components/button.tsx';
import { GenerateDialog } from '../api-keys/generate-dialog.tsx';
import styles from './connect.module.css';

export interface KeyForSnippetsProps {
  readonly keyRole: Role;
  readonly name: string;
  /** The key that was generated here, while the page is open. */
  readonly generated: Generated | undefined;
  onGenerated(generated: Generated): void;
}

/** The key that goes into the settings: generated here, or one that the reader has. */
export function KeyForSnippets({ keyRole, name, generated, onGenerated }: KeyForSnippetsProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.key}>
      <p className={styles.keyText}>
        {generated
          ? `Copying fills in your new key “${generated.key.name}”, until you leave this page.`
          : `Put your key where <key> stands, or generate one with the role ${keyRole === 'query' ? 'Query' : 'Ingest'}: copying then fills it in.`}
      </p>
      <Button size="s" icon="plus" onClick={() => setOpen(true)}>
        {generated ? 'Generate another key' : 'Generate a key'}
      </Button>
      <GenerateDialog
        open={open}
        proposal={{ name, roles: [keyRole] }}
        onClose={() => setOpen(false)}
        onGenerated={onGenerated}
      />
    </div>
  );
}
