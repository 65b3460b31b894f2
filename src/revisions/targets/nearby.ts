import { type Links, RESERVED } from '../links.ts';
import { datedParts } from '../names.ts';

const FARTHEST = 2;
const MOST = 5;

/**
 * Suggestions for a mistyped target, nearest first: ids, labels and keywords within two typing errors (by
 * name, digits or slug), then ids that contain the text. At most five.
 */
export function nearby(links: Links, text: string): string[] {
  if (text.length < 2) return [];
  const wanted = text.toLowerCase();
  const found: { name: string; distance: number }[] = [];
  const allowed = text.length < 6 ? 1 : FARTHEST;
  const consider = (name: string): void => {
    const lower = name.toLowerCase();
    const parts = datedParts(lower);
    let best = FARTHEST + 1;
    for (const text of parts ? [lower, parts.digits, parts.slug] : [lower]) {
      if (Math.abs(text.length - wanted.length) > allowed) continue;
      best = Math.min(best, distance(wanted, text, allowed));
    }
    if (best <= allowed) found.push({ name, distance: best });
    else if (wanted.length > 2 && lower.includes(wanted)) found.push({ name, distance: FARTHEST + 1 });
  };
  for (const word of RESERVED) consider(word);
  for (const label of links.labels.keys()) consider(label);
  for (const id of links.ids) consider(id);
  const typos = found.filter(one => one.distance <= FARTHEST);
  return (typos.length > 0 ? typos : found)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(one => one.name);
}

/**
 * Edit distance: insertions, deletions, replacements and swaps of neighbours; `limit + 1` if it is larger.
 */
function distance(a: string, b: string, limit: number): number {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) [endA, endB] = [endA - 1, endB - 1];
  const width = endB - start;
  let before: number[] = [];
  let above = Array.from({ length: width + 1 }, (_, column) => column);
  for (let row = 1; row <= endA - start; row++) {
    const line = [row];
    let smallest = row;
    for (let column = 1; column <= width; column++) {
      const [left, right] = [a[start + row - 1], b[start + column - 1]];
      let cost = Math.min(
        above[column]! + 1,
        line[column - 1]! + 1,
        above[column - 1]! + (left === right ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && left === b[start + column - 2] && a[start + row - 2] === right;
      if (swapped) cost = Math.min(cost, before[column - 2]! + 1);
      line.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest > limit) return limit + 1;
    [before, above] = [above, line];
  }
  return above[width]!;
}
