import type { Matcher } from '../../promql/ast.ts';
import type { Limits } from '../../telemetry/scope.ts';

/**
 * Matchers that the series which a key may see meet, and no others. They are regular expressions even for
 * one value: absent() makes labels of `=` matchers.
 */
export function scopeMatchers({ clusters, namespaces }: Limits): readonly Matcher[] {
  return [...matchersOf('cluster', clusters), ...matchersOf('namespace', namespaces)];
}

function matchersOf(label: string, values: readonly string[] | undefined): readonly Matcher[] {
  if (values === undefined) return [];
  if (values.length > 0) return [{ label, op: '=~', value: values.map(quotePattern).join('|') }];
  // No value is both empty and not: every store understands that, unlike a pattern that nothing matches.
  return [
    { label, op: '=~', value: '' },
    { label, op: '=~', value: '.+' },
  ];
}

/** A regular expression (RE2) that only this text matches. */
export function quotePattern(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
