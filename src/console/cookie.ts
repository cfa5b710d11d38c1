import type { IncomingMessage } from 'node:http';

const name = 'kubesense_session';
const attributes = 'Path=/api/console; HttpOnly; SameSite=Strict';

/** The id of the session that a request names, if it names one. */
export function sessionIdIn({ headers }: IncomingMessage): string | undefined {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** It lasts as long as the browser's session; the server ends it before. */
export function sessionCookie(id: string, isSecure: boolean): string {
  return `${name}=${id}; ${attributes}${isSecure ? '; Secure' : ''}`;
}

export function clearedCookie(isSecure: boolean): string {
  return `${name}=; ${attributes}; Max-Age=0${isSecure ? '; Secure' : ''}`;
}
