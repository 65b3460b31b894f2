import { quoteIdent, quoteLiteral } from '../../quote.ts';
import type { Fact } from '../inventory.ts';
import { type Place, quotedName } from './names.ts';
import { entriesThatDiffer, propertyMap } from './property-map.ts';

/** `options (host 'h1')`, with a space before it; empty without options. */
export function foreignOptions({ is }: Fact): string {
  const list = Object.entries(propertyMap(is['foreign options'])).map(
    ([name, value]) => `${quoteIdent(name)} ${quoteLiteral(value)}`,
  );
  return list.length > 0 ? ` options (${list.join(', ')})` : '';
}

/**
 * Changes the options of foreign data.
 * @param alter the start of the statement, `alter server "a"`
 */
export function alterForeignOptions(alter: string, from: Fact, to: Fact): string[] {
  const changes = entriesThatDiffer(from, to, 'foreign options').map(([name, before, after]) => {
    if (after === undefined) return `drop ${quoteIdent(name)}`;
    return `${before === undefined ? 'add' : 'set'} ${quoteIdent(name)} ${quoteLiteral(after)}`;
  });
  return changes.length > 0 ? [`${alter} options (${changes.join(', ')});`] : [];
}

/** Changes a server or a foreign-data wrapper; empty if it must be created again. */
export function alterForeign(at: Place, from: Fact, to: Fact): string[] {
  const { kind, is } = to;
  const name = quotedName(at, to);
  if (kind === 'foreign server') {
    if (['wrapper', 'server type'].some(key => from.is[key] !== is[key])) return [];
    const alter = `alter server ${name}`;
    return [
      ...(from.is.version === is.version
        ? []
        : [`${alter} version ${is.version === undefined ? 'null' : quoteLiteral(is.version)};`]),
      ...alterForeignOptions(alter, from, to),
    ];
  }
  const alter = `alter foreign data wrapper ${name}`;
  return [
    ...['handler', 'validator'].flatMap(key =>
      from.is[key] === is[key] ? [] : [`${alter} ${is[key] ? `${key} ${is[key]}` : `no ${key}`};`],
    ),
    ...alterForeignOptions(alter, from, to),
  ];
}

/** Creates a server or a foreign-data wrapper. */
export function createForeign(at: Place, fact: Fact): string[] {
  const { kind, is } = fact;
  const name = quotedName(at, fact);
  const parts =
    kind === 'foreign server'
      ? [
          `create server ${name}`,
          is['server type'] && `type ${quoteLiteral(is['server type'])}`,
          is.version && `version ${quoteLiteral(is.version)}`,
          `foreign data wrapper ${is.wrapper}`,
        ]
      : [
          `create foreign data wrapper ${name}`,
          is.handler && `handler ${is.handler}`,
          is.validator && `validator ${is.validator}`,
        ];
  return [`${parts.filter(Boolean).join(' ')}${foreignOptions(fact)};`];
}
