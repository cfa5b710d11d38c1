/** The media type of a `Content-Type` in lower case, without its parameters; empty for none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType?.split(';', 1)[0] ?? '').trim().toLowerCase();
}
