import type { Place } from '../../telemetry/input-error.ts';
import { isSecretValue, kindOfName } from './assignments.ts';
import { findSecrets } from './find-secrets.ts';
import type { SecretKind } from './token-patterns.ts';

interface Redacted {
  readonly text: string;
  readonly kinds: readonly SecretKind[];
}

const marked = (kind: SecretKind): string => `[redacted:${kind}]`;

/** Ids are hexadecimal digits, which may look like the number of a card. */
const idNames: ReadonlySet<string> = new Set([
  ...['trace_id', 'span_id', 'parent_span_id'],
  ...['traceId', 'spanId', 'parentSpanId'],
]);
const id = /^[0-9a-f]{16,32}$/;

/** What is no telemetry, though it looks random. */
const ownNames: ReadonlySet<string> = new Set(['cursors']);

/**
 * Replaces secrets in all that goes into one answer, before anything of it is cut, and counts them. It is
 * help, not access control: what can't be recognised stays.
 */
export class Redaction {
  readonly #isOn: boolean;
  readonly #counts = new Map<SecretKind, number>();
  /** Labels and values come again and again. */
  readonly #known = new Map<string, Redacted>();

  constructor(isOn = true) {
    this.#isOn = isOn;
  }

  /** The text with `[redacted:kind]` for each secret. */
  text(text: string): string {
    if (!this.#isOn) return text;
    return this.#counted(this.#redacted(text));
  }

  /** The same place in the text without its secrets. */
  place({ text, start, end }: Place): Place {
    if (!this.#isOn) return { text, start, end };
    const moved = (offset: number, side: 'start' | 'end'): number => {
      let shift = 0;
      for (const span of findSecrets(text)) {
        if (span.start >= offset) break;
        const length = marked(span.kind).length;
        if (offset < span.end) return span.start + shift + (side === 'start' ? 0 : length);
        shift += length - (span.end - span.start);
      }
      return offset + shift;
    };
    return { text: this.text(text), start: moved(start, 'start'), end: moved(end, 'end') };
  }

  /**
   * The same value with all its strings redacted: rows, labels (names, too), notes, filters. What a name
   * calls a secret (a column `@password`, a label `token`) is one as a whole.
   */
  all<T>(value: T): T {
    if (!this.#isOn) return value;
    // The same shape comes out that went in; a type can't say so of a walk over any shape.
    return this.#walked(value) as T;
  }

  /** How many secrets were replaced, of which kinds; nothing for none. */
  notes(): string[] {
    const counts = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    if (total === 0) return [];
    const kinds = counts.map(([kind, count]) => `${count} ${kind}`).join(', ');
    return [`${total === 1 ? '1 secret is' : `${total} secrets are`} shown as [redacted:kind]: ${kinds}`];
  }

  #redacted(text: string): Redacted {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const spans = findSecrets(text);
    let end = 0;
    let shown = '';
    for (const span of spans) {
      shown += text.slice(end, span.start) + marked(span.kind);
      end = span.end;
    }
    const redacted = { text: shown + text.slice(end), kinds: spans.map(({ kind }) => kind) };
    this.#known.set(text, redacted);
    return redacted;
  }

  #counted({ text, kinds }: Redacted): string {
    for (const kind of kinds) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    return text;
  }

  /** A value whose name says what it is. */
  #named(value: unknown, name: string): unknown {
    if (ownNames.has(name)) return value;
    if (idNames.has(name) && typeof value === 'string' && id.test(value)) return value;
    const kind = kindOfName(name);
    if (kind === undefined || typeof value !== 'string' || !isSecretValue(value, kind))
      return this.#walked(value);
    return this.#counted({ text: marked(kind), kinds: [kind] });
  }

  #walked(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return mapped(value, (item) => this.#walked(item));
    if (!isPlainObject(value)) return value;
    const { columns, rows, name, exampleValues } = value;
    const done: Record<string, unknown> = {};
    if (Array.isArray(columns) && Array.isArray(rows)) {
      const names = columns.map((column) => (isPlainObject(column) ? String(column.name) : ''));
      done.rows = this.#rows(rows, names);
    }
    if (typeof name === 'string' && Array.isArray(exampleValues)) {
      done.exampleValues = mapped(exampleValues, (item) => this.#named(item, name));
    }
    return this.#object(value, done);
  }

  #rows(rows: readonly unknown[], names: readonly string[]): readonly unknown[] {
    return mapped(rows, (row) =>
      Array.isArray(row) ? mapped(row, (cell, i) => this.#named(cell, names[i] ?? '')) : this.#walked(row),
    );
  }

  /** The entries redacted; `done` are those that already are. */
  #object(
    value: Readonly<Record<string, unknown>>,
    done: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> {
    let changed = false;
    const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
      const shownKey = this.text(key);
      const shown = Object.hasOwn(done, key) ? done[key] : this.#named(item, key);
      changed ||= shown !== item || shownKey !== key;
      return [shownKey, shown];
    });
    return changed ? Object.fromEntries(entries) : value;
  }
}

/** The same array where nothing changes: series have hundreds of points. */
function mapped(
  items: readonly unknown[],
  of: (item: unknown, index: number) => unknown,
): readonly unknown[] {
  const shown = items.map((item, i) => of(item, i));
  return shown.every((item, i) => Object.is(item, items[i])) ? items : shown;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
