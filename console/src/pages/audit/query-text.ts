/**
 * What was asked, as `filters: level = 'ERROR' · limit: 10`. The audit keeps JSON; a query that was too long for it
 * is cut and no JSON any more, and is shown as it is.
 */
export function queryText(query: string): string {
  let value: unknown;
  try {
    value = JSON.parse(query);
  } catch {
    return query;
  }
  if (typeof value !== 'object' || value === null) return query;
  return Object.entries(value)
    .map(([name, one]) => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`)
    .join(' · ');
}
