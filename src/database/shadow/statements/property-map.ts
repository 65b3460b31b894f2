import type { Fact } from '../inventory.ts';

/**
 * The entries of a property that maps names to texts, such as the comments on the columns of a view, that differ: before
 * and after.
 */
export function entriesThatDiffer(
  from: Fact,
  to: Fact,
  key: string,
): [name: string, before: string | undefined, after: string | undefined][] {
  const [old, now] = [from, to].map(({ is }) => propertyMap(is[key])) as [
    Record<string, string>,
    Record<string, string>,
  ];
  return Object.keys({ ...old, ...now })
    .filter(name => old[name] !== now[name])
    .map(name => [name, old[name], now[name]]);
}

/** A property that maps names to texts, as an inventory contains it. */
export const propertyMap = (text: string | undefined): Record<string, string> =>
  JSON.parse(text ?? '{}') as Record<string, string>;
