import type { IncomingMessage } from 'node:http';
import { ConsoleError } from './console-error.ts';

/**
 * Refuses what a page of another origin sends; ports count, unlike in the check of Host and Origin. Browsers
 * say where a request comes from with Fetch metadata, older ones with Origin on requests that change
 * something. Programs say nothing.
 *
 * @param mustSay whether a request that says nothing is refused too
 * @throws ConsoleError 403
 */
export function checkSameOrigin(
  { headers }: IncomingMessage,
  { mustSay, publicHost }: { readonly mustSay: boolean; readonly publicHost: string | undefined },
): void {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (site !== undefined ? site === 'same-origin' || (site === 'none' && !mustSay) : isOwn(origin)) return;
  if (site === undefined && origin === undefined && !mustSay) return;
  throw new ConsoleError(
    'cross_origin',
    'This request does not come from a page of this console. Open the console by its own address.',
  );

  function isOwn(text: string | undefined): boolean {
    if (text === undefined || !URL.canParse(text)) return false;
    const { protocol, host } = new URL(text);
    if (host === publicHost) return true;
    const own = `${protocol}//${headers.host ?? ''}`;
    return URL.canParse(own) && new URL(own).host === host;
  }
}
