/** What a key may see or write. An absent list is no limit; an empty one hides all. */
export interface Limits {
  readonly clusters?: readonly string[];
  readonly namespaces?: readonly string[];
}

declare const decided: unique symbol;

/**
 * The records and series that exist for a query. Every query takes one, and only `access/` makes one, of whose
 * key asks (`scopeOf`): so none can be written that sees more by mistake.
 */
export interface Scope extends Limits {
  readonly [decided]: true;
}
