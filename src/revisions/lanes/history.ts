import { type Links, namesOf } from '../links.ts';
import type { LaneRow } from './lanes.ts';

/**
 * The rows of the history, newest first. Applied revisions that are not in the graph have no edges and are placed
 * above the first revision with a smaller name.
 * @param missing applied revisions; those in the graph are ignored
 */
export function historyOf(links: Links, missing: Iterable<string>): LaneRow[] {
  const { ids, places, needs, parents, order } = links;
  const unknownIds = [...new Set(missing)].filter(id => !places.has(id)).sort();
  const rows: LaneRow[] = [];
  const alone = (id: string): LaneRow => ({ id, revises: [], dependsOn: [] });
  for (let at = order.length - 1; at >= 0; at--) {
    const place = order[at]!;
    while (unknownIds.length > 0 && unknownIds.at(-1)! > ids[place]!) rows.push(alone(unknownIds.pop()!));
    // Parents come first among the requirements.
    const dependsOn = needs.of(place).subarray(parents.count(place));
    rows.push({
      id: ids[place]!,
      revises: namesOf(links, parents.of(place)),
      dependsOn: namesOf(links, dependsOn),
    });
  }
  return [...rows, ...unknownIds.reverse().map(alone)];
}
