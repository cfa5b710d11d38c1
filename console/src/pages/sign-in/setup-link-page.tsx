import { useEffect, useRef, useState } from 'react';
import { type ApiError, asApiError } from '../../api/api-error.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { replace } from '../../router.ts';
import { useSession } from '../../session/session.tsx';
import { SplitLayout } from '../../shell/split-layout.tsx';
import { PageTitle } from './page-title.tsx';

/** Signs in with the token of a one-time link, and takes the token out of the address. */
export function SetupLinkPage({ token }: { readonly token: string }) {
  const { client, begin } = useSession();
  const [error, setError] = useState<ApiError>();
  const used = useRef('');

  useEffect(() => {
    // A token works once, so a second run of the effect must not send it again.
    if (used.current === token) return;
    used.current = token;
    client.signInByLink(token).then(
      (session) => {
        begin(session);
        replace('setup');
      },
      (failure: unknown) => setError(asApiError(failure)),
    );
  }, [client, begin, token]);

  if (error === undefined) {
    return (
      <SplitLayout>
        <PageTitle title="Opening your link" />
        <Skeleton lines={3} />
      </SplitLayout>
    );
  }
  const ended = error.code === 'invalid_link';
  return (
    <SplitLayout>
      <PageTitle title={ended ? 'This link no longer works' : 'The link could not be opened'} />
      <Notice look="danger">{error.message}</Notice>
      <Button onClick={() => replace('')}>Sign in with an admin key</Button>
    </SplitLayout>
  );
}
