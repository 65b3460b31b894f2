import type { Fact } from '../inventory.ts';
import { type Place, quotedName } from './names.ts';

/** Changes the mappings of a text search configuration, or the options of a dictionary. */
export function alterSearch(at: Place, from: Fact, to: Fact): string[] {
  const alter = `alter ${to.kind} ${quotedName(at, to)}`;
  if (to.kind === 'text search dictionary') {
    if (from.is.template !== to.is.template) return [];
    if (from.is.options === to.is.options) return [];
    const [had, has] = [from, to].map(({ is }) => is.options?.split(/, (?=\w+ = )/) ?? []) as [
      string[],
      string[],
    ];
    const names = has.map(option => option.split(' = ')[0]);
    const gone = had.map(option => option.split(' = ')[0] as string).filter(name => !names.includes(name));
    return [`${alter} (${[...gone, ...has].join(', ')});`];
  }
  if (from.is.parser !== undefined && from.is.parser !== to.is.parser) return [];
  const [before, after] = [mappings(from), mappings(to)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap(token => {
    const [had, has] = [before.get(token), after.get(token)];
    if (had === has) return [];
    if (has === undefined) return [`${alter} drop mapping for ${token};`];
    return [`${alter} ${had === undefined ? 'add' : 'alter'} mapping for ${token} with ${has};`];
  });
}

/** By token: the dictionaries. */
function mappings({ is }: Fact): Map<string, string> {
  return new Map(
    (is.mappings ?? '')
      .split('; ')
      .filter(Boolean)
      .map(one => one.split(': ') as [string, string]),
  );
}
