import { readFile } from 'node:fs/promises';
import { StoreError } from '../store-error.ts';

/** A secret: the text itself, or the file that holds it, which may change while the server runs. */
export type Secret = { readonly text: string } | { readonly file: string };

export interface Credentials {
  readonly token?: Secret | undefined;
  /** Basic authentication, where there is no token. */
  readonly basic?: { readonly user: string; readonly password: Secret } | undefined;
  /** Further headers, for a tenant say. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * The headers of a request. Files are read each time: tokens of Kubernetes' service accounts are renewed
 * in place, hourly.
 *
 * @throws StoreError when a file can't be read
 */
export async function headersOf({ token, basic, headers }: Credentials): Promise<Headers> {
  const result = new Headers(headers.map(([name, value]): [string, string] => [name, value]));
  if (token !== undefined) result.set('Authorization', `Bearer ${await read(token)}`);
  else if (basic !== undefined) {
    const pair = `${basic.user}:${await read(basic.password)}`;
    result.set('Authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  }
  return result;
}

async function read(secret: Secret): Promise<string> {
  if ('text' in secret) return secret.text;
  try {
    return (await readFile(secret.file, 'utf8')).trim();
  } catch (error) {
    throw new StoreError('internal', `the file ${secret.file} of a credential can't be read`, {
      cause: error,
    });
  }
}
