import type { NameGroup } from './metric-results.ts';

/** Groups of a list that a reader takes in. */
const mostGroups = 30;

/** A group of fewer names is not parted further. */
const smallGroup = 10;

/**
 * Names by how they begin: first by their first word, then the largest groups by one word more, as long as
 * there are at most 30 groups, and not nearly as many as names. Words end at `_`, `.`, `:`, `-` or `/`.
 */
export function nameGroups(names: readonly string[]): NameGroup[] {
  let groups = parted(names, 0);
  const whole = new Set<string>();
  for (;;) {
    const [largest] = [...groups]
      .filter(([prefix, { length }]) => length > smallGroup && !whole.has(prefix))
      .sort(([, a], [, b]) => b.length - a.length);
    if (largest === undefined) break;
    const [prefix, members] = largest;
    const parts = parted(members, prefix.length);
    const others = [...groups].filter(([other]) => other !== prefix);
    const tooMany = others.length + parts.size > mostGroups || parts.size * 2 > members.length;
    if (tooMany) whole.add(prefix);
    else groups = new Map([...others, ...parts]);
  }
  return [...groups]
    .map(([prefix, members]) => ({
      prefix: members.length === 1 ? (members[0] ?? prefix) : prefix,
      metrics: members.length,
    }))
    .sort((a, b) => b.metrics - a.metrics || (a.prefix < b.prefix ? -1 : 1))
    .slice(0, mostGroups);
}

/** Names by their text up to the end of the word behind `from`. */
function parted(names: readonly string[], from: number): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  for (const name of names) {
    const length = name.slice(from).search(/[_.:\-/]/);
    const prefix = length < 0 ? name : name.slice(0, from + length + 1);
    const members = parts.get(prefix);
    if (members === undefined) parts.set(prefix, [name]);
    else members.push(name);
  }
  return parts;
}
