/** Headers that belong to the connection or the body, and are set by whoever sends the request. */
const reserved = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A field name and a field value of RFC 9110, 5.1 and 5.5; the value in visible ASCII. */
const header = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)$/;

/**
 * Reads `Name: value, Name: value`. A value may hold no comma.
 *
 * @throws {SyntaxError} where an item is no header, or one that the caller may not choose; it shows none of it.
 */
export function parseHeaders(text: string): readonly (readonly [name: string, value: string])[] {
  const items = text.split(',').map((item) => item.trim());
  return items
    .filter((item) => item !== '')
    .map((item) => {
      const [, name, value] = header.exec(item) ?? [];
      if (name === undefined || value === undefined || reserved.has(name.toLowerCase())) {
        throw new SyntaxError('takes headers such as `X-Scope-OrgID: team-a`, separated by commas');
      }
      return [name, value] as const;
    });
}
