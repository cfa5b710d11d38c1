import { type FormEvent, useState } from 'react';
import type { Generated } from '../../api/answers.ts';
import { type ApiError, asApiError } from '../../api/api-error.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { TextField } from '../../components/text-field.tsx';
import { go } from '../../router.ts';
import { useSession } from '../../session/session.tsx';
import { SplitLayout } from '../../shell/split-layout.tsx';
import { PageTitle } from './page-title.tsx';
import styles from './sign-in.module.css';

/** The first task of who came by the one-time link: an admin key to come back with. */
export function FirstKeyPage() {
  const { client } = useSession();
  const [name, setName] = useState('admin');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const [made, setMade] = useState<Generated>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      setMade(
        await client.generateKey({ name: name.trim(), roles: ['admin'], limits: {}, expires_at: null }),
      );
    } catch (failure) {
      setError(asApiError(failure));
    }
    setBusy(false);
  };

  if (made) return <Made generated={made} />;
  return (
    <SplitLayout>
      <PageTitle title="Generate your admin key" />
      <p>
        With this key you sign in to this console from now on. It may generate and revoke keys; it asks no
        questions of your telemetry.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={error?.message}
          required
        />
        <Button type="submit" look="primary" busy={busy} disabled={name.trim() === ''}>
          Generate admin key
        </Button>
      </form>
    </SplitLayout>
  );
}

/** Shows the key, and goes on in a session of the key's own. */
function Made({ generated: { key, secret } }: { readonly generated: Generated }) {
  const { client, begin } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const next = async () => {
    setBusy(true);
    try {
      begin(await client.signIn(secret));
      go('settings/api-keys');
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
    }
  };
  return (
    <SplitLayout>
      <PageTitle title="Your admin key" />
      <SecretOnce name={key.name} secret={secret} />
      {error && <Notice look="danger">{error.message}</Notice>}
      <Button look="primary" busy={busy} onClick={next}>
        I have stored it, continue
      </Button>
    </SplitLayout>
  );
}
