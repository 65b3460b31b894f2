import { quoteIdent, quoteLiteral } from '../../quote.ts';
import { grantStatements } from '../grant-statements.ts';
import type { Fact } from '../inventory.ts';
import { made } from './create.ts';
import { sequenceOf } from './follows.ts';
import { alterForeignOptions } from './foreign.ts';
import { bare, inSchema, type Place, quotedName } from './names.ts';
import { alterOptions } from './options.ts';
import { sequenceReset } from './sequence.ts';

/** Changes a column; drops it and adds it again where PostgreSQL cannot change what it is generated from. */
export function alterColumn(at: Place, from: Fact, to: Fact): string[] {
  const alter = `alter table ${quotedName(at, to)} alter column ${quoteIdent(to.part as string)}`;
  const differs = (key: string): boolean => from.is[key] !== to.is[key];
  const { is } = to;
  if (differs('generated') && (is.generated || from.is.generated)) {
    if (!is.generated && from.is.generated?.endsWith('stored')) return [`${alter} drop expression;`];
    return [
      `alter table ${quotedName(at, to)} drop column ${quoteIdent(to.part as string)};`,
      ...made(at, to, []),
    ];
  }
  const sql: string[] = [];
  if (from.is.identity && !is.identity) sql.push(`${alter} drop identity;`);
  if (from.is.default && (differs('type') || !is.default)) sql.push(`${alter} drop default;`);
  if (from.is.serial && !is.serial) {
    const left = at.to.find(({ kind, name }) => kind === 'sequence' && name === sequenceOf(from));
    if (!left || !is.default) sql.push(`${alter} drop default;`);
    if (!left) sql.push(`drop sequence ${sequenceIn(at, from)};`);
    else if (!left.is['owned by']) sql.push(`alter sequence ${sequenceIn(at, from)} owned by none;`);
  }
  if (differs('type') || differs('collation')) {
    sql.push(
      `${alter} type ${is.type}${is.collation ? ` collate ${is.collation}` : ''} using ${quoteIdent(to.part as string)}::${is.type};`,
    );
  }
  if (is.default && (differs('default') || differs('type'))) sql.push(`${alter} set default ${is.default};`);
  if (differs('not null')) sql.push(`${alter} ${is['not null'] ? 'set' : 'drop'} not null;`);
  if (is.identity && differs('identity')) {
    sql.push(
      from.is.identity
        ? `${alter} set generated ${is.identity};`
        : `${alter} add generated ${is.identity} as identity${is.sequence ? ` (${is.sequence})` : ''};`,
    );
  }
  if (is.serial && !from.is.serial) sql.push(...makeSerial(at, to, alter));
  else if ((is.serial && from.is.serial) || (is.identity && from.is.identity)) {
    sql.push(...alterSerial(at, from, to));
  }
  if (differs('storage')) sql.push(`${alter} set storage ${is.storage ?? usualStorage(is.type)};`);
  if (differs('compression')) sql.push(`${alter} set compression ${is.compression ?? 'default'};`);
  if (differs('statistics')) sql.push(`${alter} set statistics ${is.statistics ?? -1};`);
  sql.push(...alterForeignOptions(alter.replace('table', 'foreign table'), from, to));
  if (differs('options')) sql.push(...alterOptions(alter, from.is.options, is.options));
  return sql;
}

/** `set storage default` needs PostgreSQL 16. */
const usualStorage = (type = ''): string => (/^(numeric|inet|cidr)\b/.test(type) ? 'main' : 'extended');

/** The quoted name of the sequence of a `serial` or identity column. */
const sequenceIn = (at: Place, column: Fact): string =>
  inSchema(column, bare({ ...column, name: sequenceOf(column) }, at.defaultSchema));

/** Takes over the sequence that the default reads, or creates one. */
function makeSerial(at: Place, to: Fact, alter: string): string[] {
  const { is } = to;
  const sequence = sequenceIn(at, to);
  const column = `${quotedName(at, to)}.${quoteIdent(to.part as string)}`;
  const exists = at.from.some(({ kind, name }) => kind === 'sequence' && name === sequenceOf(to));
  const next = `${alter} set default nextval(${quoteLiteral(sequence)}::regclass);`;
  if (exists) return [`alter sequence ${sequence} owned by ${column};`, next];
  return [`create sequence ${sequence} as ${is['sequence type'] ?? is.type} owned by ${column};`, next];
}

/** Changes the sequence of a column, which keeps its value. */
function alterSerial(at: Place, from: Fact, to: Fact): string[] {
  const { is } = to;
  const differs = (key: string): boolean => from.is[key] !== is[key];
  const alter = `alter sequence ${sequenceIn(at, to)}`;
  const sequence: Fact = { ...to, kind: 'sequence' };
  return [
    ...(differs('sequence name')
      ? [
          `alter sequence ${sequenceIn(at, from)} rename to ${quoteIdent(bare({ ...to, name: sequenceOf(to) }, at.defaultSchema))};`,
        ]
      : []),
    ...(differs('sequence type') ? [`${alter} as ${is['sequence type'] ?? is.type};`] : []),
    ...(differs('sequence') || differs('sequence type')
      ? [`${alter} ${sequenceReset(is.sequence).join(' ')};`]
      : []),
    ...(differs('sequence privileges')
      ? grantStatements(
          sequence,
          sequenceIn(at, to),
          from.is['sequence privileges'],
          is['sequence privileges'],
        )
      : []),
  ];
}
