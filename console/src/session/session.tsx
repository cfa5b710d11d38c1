import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Session, SignedIn } from '../api/answers.ts';
import { type ApiError, asApiError } from '../api/api-error.ts';
import { Client } from '../api/client.ts';

/** Why one is at the sign-in page though one was signed in: what the page says then. */
export type SignedOutBecause = 'ended' | 'signed-out' | undefined;

interface SessionState {
  readonly client: Client;
  /** Undefined until the server was asked. */
  readonly session: Session | undefined;
  readonly failure: ApiError | undefined;
  readonly because: SignedOutBecause;
  begin(session: Session): void;
  retry(): void;
  signOut(): Promise<void>;
}

const SessionContext = createContext<SessionState | undefined>(undefined);

/** Asks once whether the browser has a session, and holds what is known of it. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [session, setSession] = useState<Session>();
  const [failure, setFailure] = useState<ApiError>();
  const [because, setBecause] = useState<SignedOutBecause>();

  const version = useRef('');
  const leave = useCallback((reason: SignedOutBecause) => {
    setSession({ signed_in: false, version: version.current });
    setBecause(reason);
  }, []);
  const client = useMemo(() => new Client(() => leave('ended')), [leave]);

  const begin = useCallback((next: Session) => {
    version.current = next.version;
    setSession(next);
    setFailure(undefined);
    setBecause(undefined);
  }, []);
  const retry = useCallback(() => {
    setFailure(undefined);
    client.session().then(begin, (error: unknown) => setFailure(asApiError(error)));
  }, [client, begin]);
  useEffect(retry, [retry]);

  const signOut = useCallback(async () => {
    await client.signOut();
    leave('signed-out');
  }, [client, leave]);

  const state = useMemo(
    () => ({ client, session, failure, because, begin, retry, signOut }),
    [client, session, failure, because, begin, retry, signOut],
  );
  return <SessionContext value={state}>{children}</SessionContext>;
}

export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (state === undefined) throw new Error('useSession needs a SessionProvider');
  return state;
}

/** The session of a page that is shown only to those who are signed in. */
export function useSignedIn(): SignedIn {
  const { session } = useSession();
  if (!session?.signed_in) throw new Error('This page is shown without a session');
  return session;
}

export const useClient = (): Client => useSession().client;
