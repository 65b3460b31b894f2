import { type FleetWave, waveNames } from '../values/fleet-run.ts';

/** A wave with its targets. */
export interface Wave<T> {
  readonly name: string;
  readonly targets: readonly T[];
}

/**
 * Divides targets into waves, in their order; the remaining ones come last, as the wave `rest`. A wave by
 * number or share takes one target of each group in turn, so that the first targets try every plan. Empty
 * waves are omitted.
 * @param groupOf identifies the plan of a target
 */
export function cutWaves<T extends { readonly tags: readonly string[] }>(
  targets: readonly T[],
  waves: readonly FleetWave[],
  groupOf: (target: T) => unknown,
): readonly Wave<T>[] {
  let left = [...targets];
  const names = waveNames(waves);
  const cut = waves.map((wave, at): Wave<T> => {
    const size =
      wave.targets ??
      (wave.percent === undefined ? left.length : Math.ceil((targets.length * wave.percent) / 100));
    const fitting = wave.tags ? left.filter(({ tags }) => wave.tags?.some(tag => tags.includes(tag))) : left;
    const taken = new Set(inTurn(fitting, groupOf).slice(0, size));
    left = left.filter(target => !taken.has(target));
    return { name: names[at] as string, targets: [...taken] };
  });
  return [...cut, { name: names.at(-1) as string, targets: left }].filter(
    ({ targets }) => targets.length > 0,
  );
}

/** One of each group after the other, each group in its order. */
function inTurn<T>(targets: readonly T[], groupOf: (target: T) => unknown): readonly T[] {
  const groups = new Map<unknown, T[]>();
  for (const target of targets) {
    const group = groupOf(target);
    groups.set(group, [...(groups.get(group) ?? []), target]);
  }
  const lists = [...groups.values()];
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap(list => list.slice(at, at + 1))).flat();
}
