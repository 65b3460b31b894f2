import { quoteIdent } from '../../quote.ts';
import type { Fact } from '../inventory.ts';
import { firing } from './beside.ts';
import { alterForeignOptions } from './foreign.ts';
import { commentOn, inSchema, type Place, quotedName } from './names.ts';
import { alterOptions } from './options.ts';
import { entriesThatDiffer } from './property-map.ts';

/** Changes the properties of a table that can be changed. */
export function alterTable(at: Place, from: Fact, to: Fact): string[] {
  const alter = `alter table ${quotedName(at, to)}`;
  const differs = (key: string): boolean => from.is[key] !== to.is[key];
  const { is } = to;
  const sql: string[] = [];
  const parent = (fact: Fact): [table?: string, bounds?: string] =>
    (/^(.*?) ((?:FOR VALUES|DEFAULT).*)$/s.exec(fact.is['partition of'] ?? '')?.slice(1) as [
      string,
      string,
    ]) ?? [];
  if (differs('partition of')) {
    const [[old], [now, bounds]] = [parent(from), parent(to)];
    if (old) sql.push(`alter table ${old} detach partition ${quotedName(at, to)};`);
    if (now) sql.push(`alter table ${now} attach partition ${quotedName(at, to)} ${bounds};`);
  }
  if (differs('inherits')) {
    const [had, has] = [from, to].map(one => one.is.inherits?.split(', ') ?? []) as [string[], string[]];
    for (const one of had) if (!has.includes(one)) sql.push(`${alter} no inherit ${one};`);
    for (const one of has) if (!had.includes(one)) sql.push(`${alter} inherit ${one};`);
  }
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
  sql.push(...alterForeignOptions(alter.replace('table', 'foreign table'), from, to));
  for (const [index, before, after] of entriesThatDiffer(from, to, 'index options'))
    sql.push(...alterOptions(`alter index ${inSchema(to, index)}`, before, after));
  for (const [index, , text] of entriesThatDiffer(from, to, 'index comments'))
    sql.push(commentOn(`index ${inSchema(to, index)}`, text));
  for (const [trigger, , state] of entriesThatDiffer(from, to, 'trigger states'))
    sql.push(`${alter} ${firing(state ?? stateOf(at, trigger))} trigger ${quoteIdent(trigger)};`);
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

/** Whether the trigger of this name fires on the partitioned table. */
const stateOf = (at: Place, trigger: string): string | undefined =>
  at.to.find(({ kind, part }) => kind === 'trigger' && part === trigger)?.is.state;
