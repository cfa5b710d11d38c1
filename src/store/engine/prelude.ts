import { identifier, join, type Sql, sql } from '../sql/sql.ts';
import type { QueryRequest } from './request.ts';

/**
 * The statements that set up a session before its query: settings, query parameters, database.
 *
 * Parameters are set and not bound: chDB binds through one lock of the whole process, behind which a cheap
 * query waits for heavy ones.
 *
 * @param readonly nothing but reading is allowed afterwards, and no change of a setting
 */
export function sessionPrelude(
  request: Pick<QueryRequest, 'parameters' | 'database'>,
  settings: ReadonlyMap<string, string>,
  readonly: boolean,
): string {
  const parameters = [...request.parameters].map(([name, value]) => [`param_${name}`, value] as const);
  const assignments = [...settings, ...parameters].map(
    ([name, value]) => sql`${identifier(name)} = ${value}`,
  );
  const statements: Sql[] = [];
  if (assignments.length > 0) statements.push(sql`SET ${join(assignments, ', ')}`);
  if (request.database !== undefined) statements.push(sql`USE ${identifier(request.database)}`);
  if (readonly) statements.push(sql`SET readonly = 1`);
  return join(statements, '; ').text;
}
