import { type FormEvent, useState } from 'react';
import { type ApiError, asApiError } from '../../api/api-error.ts';
import { Button } from '../../components/button.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { useCountdown } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useSession } from '../../session/session.tsx';
import { SplitLayout } from '../../shell/split-layout.tsx';
import { PageTitle } from './page-title.tsx';
import styles from './sign-in.module.css';

/** Asks for an admin key. */
export function SignInPage() {
  const { client, begin, because } = useSession();
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const wait = useCountdown(error);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      begin(await client.signIn(key.trim()));
    } catch (failure) {
      setError(asApiError(failure));
      setBusy(false);
    }
  };

  return (
    <SplitLayout>
      <PageTitle title="Sign in" />
      {because === 'ended' && <Notice look="caution">Your session ended. Sign in again to go on.</Notice>}
      {because === 'signed-out' && <Notice>You are signed out.</Notice>}
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label="Admin key"
          type="password"
          mono
          name="key"
          autoComplete="current-password"
          placeholder="ks_…"
          required
          value={key}
          onChange={(event) => setKey(event.target.value)}
          error={error && (wait > 0 ? `${error.message} Wait ${wait} s.` : error.message)}
        />
        <Button type="submit" look="primary" busy={busy} disabled={wait > 0}>
          Sign in
        </Button>
      </form>
      <div className={styles.help}>
        <h2 className={styles.question}>No admin key?</h2>
        <p>
          Make one where the server runs. While there is none, the server also prints a one-time link when it
          starts.
        </p>
        <CodeBlock wrap title="Terminal" text="kubesense-mcp keys create --name admin --role admin" />
      </div>
    </SplitLayout>
  );
}
