/** How large a pattern becomes when RE2 compiles it. */
export interface PatternSize {
  /** Characters and classes, repeats multiplied out. */
  readonly characters: number;
  /** Instructions of RE2's program over UTF-8 bytes, roughly and rather too many. */
  readonly instructions: number;
  /** Names of the Unicode classes that it uses. */
  readonly classes: readonly string[];
}

/** Walks over a pattern without checking it: for a wrong one the size means nothing. */
export function estimateSize(pattern: string): PatternSize {
  const walk = new PatternWalk(pattern);
  return walk.size();
}

/** Instructions of some classes, measured in RE2 and rounded up: `\PL` takes 1527, `\W` 18, `.` 10. */
const cost = { unicodeClass: 1800, negatedClass: 20, classItem: 6, anyCharacter: 10, foldedCharacter: 6 };

const quotedPattern = /\\Q([\s\S]*?)(?:\\E|$)/y;
const unicodePattern = /\\[pP](?:\{\^?([^}]*)\}|(.))/suy;
const escapePattern = /\\(?:x\{[0-9A-Fa-f]*\}|x[0-9A-Fa-f]{2}|[0-7]{1,3}|[\s\S])/uy;
const namedClassPattern = /\[:[^\]]*:\]/y;
const groupPattern = /\((?:\?(?:P?<[^>]*>|[a-zA-Z-]*(:|\))))?/y;
const repeatPattern = /\{(\d+)(?:,(\d*))?\}/y;
const anyPattern = /[\s\S]/uy;

/** An item of a pattern, or all items of a group. */
interface Size {
  characters: number;
  instructions: number;
}

class PatternWalk {
  private readonly pattern: string;
  private readonly folds: boolean;
  private readonly classes: string[] = [];
  /** For each open group the items so far; a repetition multiplies the last one. */
  private readonly groups: Size[][] = [[]];
  private position = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
    this.folds = /\(\?[a-zA-Z]*i/.test(pattern);
  }

  size(): PatternSize {
    while (this.position < this.pattern.length) this.step();
    while (this.groups.length > 1) this.closeGroup();
    return { ...sum(this.groups[0] ?? []), classes: this.classes };
  }

  private step(): void {
    const character = this.pattern.charAt(this.position);
    if (character === '\\') {
      this.backslash();
    } else if (character === '[') {
      this.bracketClass();
    } else if (character === '(') {
      // `(?i)` opens nothing.
      if (this.take(groupPattern)?.[1] !== ')') this.groups.push([]);
    } else if (character === ')') {
      this.position += 1;
      if (this.groups.length > 1) this.closeGroup();
    } else if (character === '.') {
      this.position += 1;
      this.item(cost.anyCharacter);
    } else {
      const repeat = this.take(repeatPattern);
      if (repeat !== null) this.repeat(Number(repeat[1]), Number(repeat[2] ?? 0));
      else this.literal(this.take(anyPattern)?.[0] ?? '');
    }
  }

  private backslash(): void {
    const quoted = this.take(quotedPattern);
    if (quoted !== null) {
      for (const character of quoted[1] ?? '') this.literal(character);
    } else if (this.unicodeClass()) {
      this.item(cost.unicodeClass);
    } else {
      if (this.take(escapePattern) === null) this.position += 1;
      this.item(cost.negatedClass);
    }
  }

  /** `[…]`: one class, whose cost is that of its items. */
  private bracketClass(): void {
    const isNegated = this.pattern.charAt(this.position + 1) === '^';
    this.position += isNegated ? 2 : 1;
    let instructions = cost.negatedClass;
    for (let first = true; first || this.pattern.charAt(this.position) !== ']'; first = false) {
      if (this.position >= this.pattern.length) break;
      if (this.unicodeClass()) instructions += cost.unicodeClass;
      else if (this.take(namedClassPattern) ?? this.take(escapePattern)) instructions += cost.negatedClass;
      else if (this.take(anyPattern)) instructions += cost.classItem;
    }
    this.position += 1;
    this.item(instructions);
  }

  private unicodeClass(): boolean {
    const match = this.take(unicodePattern);
    if (match !== null) this.classes.push(match[1] ?? match[2] ?? '');
    return match !== null;
  }

  private literal(character: string): void {
    this.item(this.folds ? cost.foldedCharacter : character.length * 3);
  }

  private item(instructions: number): void {
    this.groups.at(-1)?.push({ characters: 1, instructions });
  }

  private repeat(least: number, most: number): void {
    const last = this.groups.at(-1)?.at(-1);
    if (last === undefined) return;
    const times = Math.max(least + 1, most);
    last.characters *= times;
    last.instructions = (last.instructions + 1) * times;
  }

  private closeGroup(): void {
    const { characters, instructions } = sum(this.groups.pop() ?? []);
    this.groups.at(-1)?.push({ characters, instructions: instructions + 2 });
  }

  private take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.position;
    const match = expression.exec(this.pattern);
    if (match !== null) this.position = expression.lastIndex;
    return match;
  }
}

function sum(items: readonly Size[]): Size {
  return items.reduce(
    (total, item) => ({
      characters: total.characters + item.characters,
      instructions: total.instructions + item.instructions,
    }),
    { characters: 0, instructions: 0 },
  );
}
