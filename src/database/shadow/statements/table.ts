import { quoteIdent } from '../../quote.ts';
import type { Fact } from '../inventory.ts';
import { type Place, quotedName } from './names.ts';
import { alterOptions } from './options.ts';

/** Changes the properties of a table that can be changed. */
export function alterTable(at: Place, from: Fact, to: Fact): string[] {
  const alter = `alter table ${quotedName(at, to)}`;
  const differs = (key: string): boolean => from.is[key] !== to.is[key];
  const { is } = to;
  const sql: string[] = [];
  if (differs('unlogged')) sql.push(`${alter} set ${is.unlogged ? 'unlogged' : 'logged'};`);
  if (differs('row level security')) {
    const [enabled, forced] = [/^(enabled|forced)$/, /forced/].map(one =>
      one.test(is['row level security'] ?? ''),
    );
    sql.push(
      `${alter} ${enabled ? 'enable' : 'disable'} row level security;`,
      `${alter} ${forced ? '' : 'no '}force row level security;`,
    );
  }
  if (differs('options')) sql.push(...alterOptions(alter, from.is.options, is.options));
  if (differs('replica identity')) {
    const [, index] = /^index (.*)$/.exec(is['replica identity'] ?? '') ?? [];
    sql.push(
      `${alter} replica identity ${index ? `using index ${quoteIdent(index)}` : (is['replica identity'] ?? 'default')};`,
    );
  }
  if (differs('clustered on'))
    sql.push(
      is['clustered on']
        ? `${alter} cluster on ${quoteIdent(is['clustered on'])};`
        : `${alter} set without cluster;`,
    );
  return sql;
}
