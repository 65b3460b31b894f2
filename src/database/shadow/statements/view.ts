import { quoteIdent } from '../../quote.ts';
import { grantStatements } from '../grant-statements.ts';
import type { Fact } from '../inventory.ts';
import { commentOn, type Place, quotedName } from './names.ts';
import { alterOptions } from './options.ts';
import { entriesThatDiffer } from './property-map.ts';

/** Comments on the columns of a view or composite type. */
export function columnComments(at: Place, from: Fact, to: Fact): string[] {
  return entriesThatDiffer(from, to, 'column comments').map(([column, , text]) =>
    commentOn(`column ${quotedName(at, to)}.${quoteIdent(column)}`, text),
  );
}

/** Changes what can be changed of a materialized view without reading its rows again. */
export function alterMaterialized(at: Place, from: Fact, to: Fact): string[] {
  const alter = `alter materialized view ${quotedName(at, to)}`;
  const { is } = to;
  const index = is['clustered on'];
  return [
    ...(from.is.options === is.options ? [] : alterOptions(alter, from.is.options, is.options)),
    ...entriesThatDiffer(from, to, 'column storage').flatMap(([column, , text = '']) => {
      const [, statistics = '-1'] = /statistics (\d+)/.exec(text) ?? [];
      const [, storage = 'extended'] = /storage (\w+)/.exec(text) ?? [];
      const set = `${alter} alter column ${quoteIdent(column)} set`;
      return [
        `${set} statistics ${statistics};`,
        ...(/storage/.test(`${from.is['column storage']}${text}`) ? [`${set} storage ${storage};`] : []),
      ];
    }),
    ...(from.is['clustered on'] === index
      ? []
      : [`${alter} ${index === undefined ? 'set without cluster' : `cluster on ${quoteIdent(index)}`};`]),
    ...columnComments(at, from, to),
    ...columnPrivileges(at, from, to),
  ];
}

/** Privileges of the columns of a view. */
export function columnPrivileges(at: Place, from: Fact, to: Fact): string[] {
  return entriesThatDiffer(from, to, 'column privileges').flatMap(([column, before, after]) =>
    grantStatements({ ...to, kind: 'column', part: column }, quotedName(at, to), before, after),
  );
}
