import { useState } from 'react';
import type { ApiKey } from '../../api/answers.ts';
import { type ApiError, asApiError } from '../../api/api-error.ts';
import { Button } from '../../components/button.tsx';
import { Confirmation, DialogActions } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { useToast } from '../../components/toasts.tsx';
import { useClient } from '../../session/session.tsx';

export interface RevokeDialogProps {
  /** The key to revoke; undefined closes the dialog. */
  readonly apiKey: ApiKey | undefined;
  /** Whether it is the key that one is signed in with. */
  readonly isCurrent: boolean;
  readonly isLastAdmin: boolean;
  onClose(): void;
  onRevoked(): void;
}

export function RevokeDialog({ apiKey, isCurrent, isLastAdmin, onClose, onRevoked }: RevokeDialogProps) {
  const client = useClient();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();

  const close = () => {
    setError(undefined);
    onClose();
  };
  const revoke = async (key: ApiKey) => {
    setBusy(true);
    setError(undefined);
    try {
      await client.revokeKey(key.id);
      toast(`Revoked “${key.name}”`, 'Clients that use it are refused within 30 seconds.');
      close();
      onRevoked();
    } catch (failure) {
      setError(asApiError(failure));
    }
    setBusy(false);
  };

  return (
    <Confirmation
      open={apiKey !== undefined}
      title={`Revoke “${apiKey?.name ?? ''}”?`}
      description="Whatever uses this key is refused within 30 seconds, open sessions included. This can’t be undone."
      onClose={close}
    >
      {isCurrent && (
        <Notice look="caution">You are signed in with this key. Revoking it signs you out.</Notice>
      )}
      {isLastAdmin && (
        <Notice look="caution">
          It is the only admin key listed. Without one, the server prints a one-time link when it starts
          again.
        </Notice>
      )}
      {error && <Notice look="danger">{error.message}</Notice>}
      <DialogActions>
        <Button onClick={close}>Keep it</Button>
        <Button look="danger" busy={busy} onClick={() => apiKey && revoke(apiKey)}>
          Revoke key
        </Button>
      </DialogActions>
    </Confirmation>
  );
}
