import { type FormEvent, useCallback, useState } from 'react';
import type { Generated, Role } from '../../api/answers.ts';
import { type ApiError, asApiError } from '../../api/api-error.ts';
import { useResource } from '../../api/use-resource.ts';
import { Button } from '../../components/button.tsx';
import { Chips } from '../../components/chips.tsx';
import { DialogActions } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useClient, useSignedIn } from '../../session/session.tsx';
import styles from './api-keys.module.css';
import { dayText, type Expiry, expiresAt, expiryOptions } from './expiry.ts';
import { RoleBoxes } from './role-boxes.tsx';

export interface GenerateFormProps {
  readonly proposal: { readonly name: string; readonly roles: readonly Role[] } | undefined;
  onCancel(): void;
  onGenerated(generated: Generated): void;
}

export function GenerateForm({ proposal, onCancel, onGenerated }: GenerateFormProps) {
  const client = useClient();
  const own = useSignedIn().key?.limits ?? {};
  const [name, setName] = useState(proposal?.name ?? '');
  const [roles, setRoles] = useState<readonly Role[]>(proposal?.roles ?? ['query']);
  const [clusters, setClusters] = useState<readonly string[]>(own.clusters ?? []);
  const [namespaces, setNamespaces] = useState<readonly string[]>(own.namespaces ?? []);
  const [expiry, setExpiry] = useState<Expiry>('90');
  const [date, setDate] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();

  const seen = useScopeValues();
  const ends = expiresAt(expiry, date, new Date());
  const errorOf = (field: string) => (error?.field?.startsWith(field) ? error.message : undefined);
  const known = ['name', 'roles', 'expires_at'].some((field) => errorOf(field) !== undefined);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (ends === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      const limits = {
        ...(clusters.length > 0 && { clusters: [...clusters] }),
        ...(namespaces.length > 0 && { namespaces: [...namespaces] }),
      };
      onGenerated(await client.generateKey({ name: name.trim(), roles, limits, expires_at: ends }));
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
    }
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label="Name"
        hint="Who or what will use it, such as claude-code-anna."
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={errorOf('name')}
        maxLength={100}
        required
      />
      <RoleBoxes roles={roles} onChange={setRoles} error={errorOf('roles')} />
      <fieldset className={styles.group}>
        <legend className={styles.legend}>May see</legend>
        <p className={styles.legendHint}>
          Leave both empty for everything{own.clusters || own.namespaces ? ' that your own key sees' : ''}.
          Names are suggested from the last day’s telemetry.
        </p>
        <Chips
          label="Namespaces"
          placeholder="All namespaces"
          values={namespaces}
          suggestions={seen.namespaces}
          onChange={setNamespaces}
        />
        <Chips
          label="Clusters"
          placeholder="All clusters"
          values={clusters}
          suggestions={seen.clusters}
          onChange={setClusters}
        />
      </fieldset>
      <div className={styles.pair}>
        <Select<Expiry> label="Expires" value={expiry} options={expiryOptions} onChange={setExpiry} />
        {expiry === 'date' && (
          <TextField
            label="Last day"
            type="date"
            min={dayText(new Date())}
            value={date}
            onChange={(event) => setDate(event.target.value)}
            error={date !== '' && ends === undefined ? 'This day is over.' : undefined}
            required
          />
        )}
      </div>
      {errorOf('expires_at') && <Notice look="danger">{errorOf('expires_at')}</Notice>}
      {error && !known && <Notice look="danger">{error.message}</Notice>}
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          type="submit"
          look="primary"
          busy={busy}
          disabled={name.trim() === '' || roles.length === 0 || ends === undefined}
        >
          Generate key
        </Button>
      </DialogActions>
    </form>
  );
}

/** Names to suggest; without them the form works as well. */
function useScopeValues() {
  const client = useClient();
  const namespaces = useResource(
    useCallback((signal: AbortSignal) => client.scopeValues('namespaces', signal), [client]),
  );
  const clusters = useResource(
    useCallback((signal: AbortSignal) => client.scopeValues('clusters', signal), [client]),
  );
  return { namespaces: namespaces.data?.values ?? [], clusters: clusters.data?.values ?? [] };
}
