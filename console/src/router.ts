import { useSyncExternalStore } from 'react';

/** Where one is: the part of the URL's fragment before `?`, and the parameters behind it. */
export interface Route {
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** A fragment is never sent to a server, so even a one-time token may stand in it. */
export function parseRoute(fragment: string): Route {
  const [path = '', search = ''] = fragment.replace(/^#\/?/, '').split('?', 2);
  return { path: path.replace(/\/+$/, ''), parameters: new URLSearchParams(search) };
}

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}

export function go(path: string): void {
  location.hash = `#/${path}`;
}

/** Goes without a new entry in the history, so that what was there (a used token) can't be gone back to. */
export function replace(path: string): void {
  history.replaceState(null, '', `#/${path}`);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
