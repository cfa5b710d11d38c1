import { useState } from 'react';
import type { Generated, Role } from '../../api/answers.ts';
import { Button } from '../../components/button.tsx';
import { Dialog, DialogActions } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { GenerateForm } from './generate-form.tsx';

export interface GenerateDialogProps {
  readonly open: boolean;
  /** What the form proposes. */
  readonly proposal?: { readonly name: string; readonly roles: readonly Role[] };
  onClose(): void;
  onGenerated(generated: Generated): void;
}

/** Asks for a key's name, roles, limits and expiry, then shows the key once. */
export function GenerateDialog({ open, proposal, onClose, onGenerated }: GenerateDialogProps) {
  const [made, setMade] = useState<Generated>();
  const [copied, setCopied] = useState(false);
  const [warned, setWarned] = useState(false);

  const leave = () => {
    setMade(undefined);
    setCopied(false);
    setWarned(false);
    onClose();
  };
  // A key that nobody copied is lost with the dialog.
  const close = () => {
    if (made === undefined || copied || warned) leave();
    else setWarned(true);
  };

  return (
    <Dialog open={open} title={made ? `Key “${made.key.name}” is ready` : 'Generate API Key'} onClose={close}>
      {made === undefined ? (
        <GenerateForm
          proposal={proposal}
          onCancel={leave}
          onGenerated={(generated) => {
            setMade(generated);
            onGenerated(generated);
          }}
        />
      ) : (
        <>
          <SecretOnce name={made.key.name} secret={made.secret} onCopied={() => setCopied(true)} />
          {warned && !copied && (
            <Notice look="danger">
              The key was not copied with the button. Close only if you have it: it can’t be shown again.
            </Notice>
          )}
          <DialogActions>
            <Button onClick={close}>{warned && !copied ? 'Close anyway' : 'Done'}</Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
}
