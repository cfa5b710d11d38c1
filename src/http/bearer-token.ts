/** The token of an `Authorization: Bearer` header (RFC 6750, 2.1), or nothing when it is not of that form. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization ?? '')?.[1];
}
