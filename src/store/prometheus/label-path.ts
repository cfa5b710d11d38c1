/**
 * A label's name in a path of the API. Names that are not plain are escaped as Prometheus does
 * (`U__` and the code points of what is not plain), since no path can hold each of them.
 * https://github.com/prometheus/proposals/blob/main/proposals/2023-08-21-utf8.md
 */
export function labelPath(name: string): string {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && !name.startsWith('U__')) return name;
  const escaped = [...name].map((character, i) => {
    if (character === '_') return '__';
    if (/[a-zA-Z]/.test(character) || (i > 0 && /[0-9]/.test(character))) return character;
    return `_${character.codePointAt(0)?.toString(16)}_`;
  });
  return `U__${escaped.join('')}`;
}
