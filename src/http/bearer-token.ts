/** Long enough for any key, a JSON web token too. */
const maxLength = 4096;

/**
 * The token of an `Authorization: Bearer` header (RFC 6750, 2.1), or nothing when it is not of that form or has
 * more than 4,096 characters.
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  const token = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization ?? '')?.[1];
  return token === undefined || token.length > maxLength ? undefined : token;
}
