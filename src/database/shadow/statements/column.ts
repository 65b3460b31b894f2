import { quoteIdent, quoteLiteral } from '../../quote.ts';
import type { Fact } from '../inventory.ts';
import { made } from './create.ts';
import { bare, inSchema, type Place, quotedName } from './names.ts';
import { alterOptions } from './options.ts';

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
  if (differs('inherited')) return [];
  const sql: string[] = [];
  if (from.is.identity && !is.identity) sql.push(`${alter} drop identity;`);
  if (from.is.default && (differs('type') || !is.default)) sql.push(`${alter} drop default;`);
  if (from.is.serial && !is.serial) {
    sql.push(
      `${alter} drop default;`,
      `drop sequence ${inSchema(to, `${bare(to, at.defaultSchema)}_${to.part}_seq`)};`,
    );
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
  if (is.serial && !from.is.serial) {
    const sequence = inSchema(to, `${bare(to, at.defaultSchema)}_${to.part}_seq`);
    sql.push(
      `create sequence ${sequence} as ${is['sequence type'] ?? is.type} owned by ${quotedName(at, to)}.${quoteIdent(to.part as string)};`,
      `${alter} set default nextval(${quoteLiteral(sequence)}::regclass);`,
    );
  } else if (differs('sequence') && from.is.identity && is.identity) {
    sql.push(
      `${alter} ${resetSequence(is.sequence)
        .map(option => `set ${option}`)
        .join(' ')};`,
    );
  } else if (differs('sequence') && is.serial) {
    sql.push(
      `alter sequence ${inSchema(to, `${bare(to, at.defaultSchema)}_${to.part}_seq`)} ${resetSequence(is.sequence).join(' ')};`,
    );
  }
  if (differs('storage')) sql.push(`${alter} set storage ${is.storage ?? 'default'};`);
  if (differs('compression')) sql.push(`${alter} set compression ${is.compression ?? 'default'};`);
  if (differs('statistics')) sql.push(`${alter} set statistics ${is.statistics ?? -1};`);
  if (differs('options')) sql.push(...alterOptions(alter, from.is.options, is.options));
  return sql;
}

function resetSequence(options: string | undefined): string[] {
  const asked = options?.match(/(start|increment|minvalue|maxvalue|cache) -?\d+|cycle/g) ?? [];
  const has = (word: string): boolean => asked.some(option => option.startsWith(word));
  return [
    ...(has('increment') ? [] : ['increment 1']),
    ...(has('minvalue') ? [] : ['no minvalue']),
    ...(has('maxvalue') ? [] : ['no maxvalue']),
    ...(has('start') ? [] : ['start 1']),
    ...(has('cache') ? [] : ['cache 1']),
    ...(has('cycle') ? [] : ['no cycle']),
    ...asked,
  ];
}
