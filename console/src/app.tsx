import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { Failure } from './components/failure.tsx';
import { Toasts } from './components/toasts.tsx';
import { ApiKeysPage } from './pages/api-keys/api-keys-page.tsx';
import { AuditPage } from './pages/audit/audit-page.tsx';
import { ConnectPage } from './pages/connect/connect-page.tsx';
import { FirstKeyPage } from './pages/sign-in/first-key-page.tsx';
import { SetupLinkPage } from './pages/sign-in/setup-link-page.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { StatusPage } from './pages/status/status-page.tsx';
import { TryPage } from './pages/try/try-page.tsx';
import { useRoute } from './router.ts';
import { SessionProvider, useSession } from './session/session.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { Shell } from './shell/shell.tsx';
import { SplitLayout } from './shell/split-layout.tsx';

/** Base UI would write styles into the page, which its content security policy refuses. */
export function App() {
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider>
        <Toasts>
          <SessionProvider>
            <Pages />
          </SessionProvider>
        </Toasts>
      </Tooltip.Provider>
    </CSPProvider>
  );
}

function Pages() {
  const { session, failure, retry } = useSession();
  const { path } = useRoute();
  const [, token] = /^setup\/(.+)$/.exec(path) ?? [];

  if (failure) {
    return (
      <SplitLayout>
        <Failure error={failure} onRetry={retry} />
      </SplitLayout>
    );
  }
  if (session === undefined) return <SplitLayout />;
  if (token !== undefined) return <SetupLinkPage token={token} />;
  if (!session.signed_in) return <SignInPage />;
  if (path === 'setup') return <FirstKeyPage />;
  return <Shell path={path}>{pageOf(path)}</Shell>;
}

function pageOf(path: string) {
  switch (path) {
    case '':
    case 'connect':
      return <ConnectPage />;
    case 'status':
      return <StatusPage />;
    case 'try':
      return <TryPage />;
    case 'settings':
    case 'settings/api-keys':
      return <ApiKeysPage />;
    case 'settings/audit':
      return <AuditPage />;
    default:
      return <NotFoundPage />;
  }
}
