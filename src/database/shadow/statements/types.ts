import { literalsIn, quoteIdent } from '../../quote.ts';
import type { Fact } from '../inventory.ts';
import { checksOf } from './checks.ts';
import { bare, commentOn, inSchema, type Place, quotedName } from './names.ts';
import { entriesThatDiffer } from './property-map.ts';

/**
 * A value cannot be removed from an enum: the type is recreated and the columns that use it are changed.
 */
export function alterEnum(at: Place, from: Fact, to: Fact): string[] {
  const name = quotedName(at, to);
  const [before, after] = [literalsIn(from.is.values ?? ''), literalsIn(to.is.values ?? '')];
  const kept = after.filter(value => before.includes(value));
  if (kept.join() === before.join()) {
    return after.flatMap((value, at) => {
      if (before.includes(value)) return [];
      const next = after.slice(at + 1).find(one => before.includes(one));
      return [`alter type ${name} add value ${value}${next ? ` before ${next}` : ''};`];
    });
  }
  const type = `${to.schema}.${bare(to, at.defaultSchema)}`;
  const pattern = new RegExp(
    `^"?${to.schema}"?\\."?${bare(to, at.defaultSchema).replace(/\W/g, '\\$&')}"?(\\[\\])?$`,
  );
  const columns = at.from.filter(fact => fact.kind === 'column' && pattern.test(fact.is.type ?? ''));
  const old = `${bare(to, at.defaultSchema)}_old`;
  return [
    `alter type ${name} rename to ${quoteIdent(old)};`,
    `create type ${name} as enum (${to.is.values ?? ''});`,
    ...columns.flatMap(column => {
      const alter = `alter table ${quotedName(at, column)} alter column ${quoteIdent(column.part as string)}`;
      const array = pattern.exec(column.is.type ?? '')?.[1] ?? '';
      const { default: value } = column.is;
      return [
        ...(value ? [`${alter} drop default;`] : []),
        `${alter} type ${type}${array} using ${quoteIdent(column.part as string)}::text${array}::${type}${array};`,
        ...(value ? [`${alter} set default ${value};`] : []),
      ];
    }),
    `drop type ${inSchema(to, old)};`,
  ];
}

/** Changes the attributes of a composite type, which columns and functions may use. */
export function alterComposite(at: Place, from: Fact, to: Fact): string[] {
  const alter = `alter type ${quotedName(at, to)}`;
  const [before, after] = [attributesOf(from), attributesOf(to)];
  const renamed =
    before.length === after.length &&
    before.every(([, type], at) => type === after[at]?.[1]) &&
    before.every(([name], at) => name === after[at]?.[0] || !after.some(([other]) => other === name));
  if (renamed) {
    return before.flatMap(([name], at) =>
      name === after[at]?.[0] ? [] : [`${alter} rename attribute ${name} to ${after[at]?.[0]} cascade;`],
    );
  }
  const [old, now] = [new Map(before), new Map(after)];
  return [
    ...before.flatMap(([name]) => (now.has(name) ? [] : [`${alter} drop attribute ${name} cascade;`])),
    ...after.flatMap(([name, type]) => {
      if (old.get(name) === type) return [];
      return [
        old.has(name)
          ? `${alter} alter attribute ${name} type ${type} cascade;`
          : `${alter} add attribute ${name} ${type} cascade;`,
      ];
    }),
  ];
}

/** Quoted names with types. */
function attributesOf({ is }: Fact): [name: string, type: string][] {
  // Types contain no space after a comma.
  const each = (is.definition ?? '').match(/(?:"[^"]*"|[^",]+|,(?! ))+/g) ?? [];
  return each.map(text => {
    const [, name = '', type = ''] = /^\s*("[^"]*(?:""[^"]*)*"|[^ "]+) (.*)$/s.exec(text) ?? [];
    return [name, type];
  });
}

/** Comments on the checks of a domain. */
export function commentsOnChecks(at: Place, from: Fact, to: Fact): string[] {
  return entriesThatDiffer(from, to, 'check comments').map(([check, , text]) =>
    commentOn(`constraint ${quoteIdent(check)} on domain ${quotedName(at, to)}`, text),
  );
}

/** Changes the default, the checks and whether null is allowed of a domain. */
export function alterDomain(at: Place, from: Fact, to: Fact): string[] {
  const alter = `alter domain ${quotedName(at, to)}`;
  const { is } = to;
  const sql: string[] = [];
  if (from.is.default !== is.default)
    sql.push(`${alter} ${is.default ? `set default ${is.default}` : 'drop default'};`);
  if (from.is['not null'] !== is['not null'])
    sql.push(`${alter} ${is['not null'] ? 'set' : 'drop'} not null;`);
  const [before, after] = [new Map(checksOf(from.is.checks)), new Map(checksOf(is.checks))];
  for (const [check, text] of before)
    if (after.get(check) !== text) sql.push(`${alter} drop constraint ${check};`);
  for (const [check, text] of after)
    if (before.get(check) !== text) sql.push(`${alter} add constraint ${check} ${text};`);
  sql.push(...commentsOnChecks(at, from, to));
  return sql;
}
