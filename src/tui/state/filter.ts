import type { RevisionRow } from '../../engine/api.ts';

/** The values of `is:`. */
const states: Readonly<Record<string, (row: RevisionRow) => boolean>> = {
  applied: row => row.state === 'applied',
  pending: row => row.state === 'pending',
  missing: row => row.state === 'missing',
  edited: row => row.edited,
  head: row => row.marks.includes('head'),
  current: row => row.marks.includes('current'),
  branchpoint: row => row.marks.includes('branchpoint'),
  mergepoint: row => row.marks.includes('mergepoint'),
  base: row => row.revises.length === 0 && row.state !== 'missing',
  inferred: row => row.inferred,
  outoforder: row => row.outOfOrder,
  landmark: isStructural,
};

/** The rows of a folded graph: roots, heads, branch points, merges, and unusual states. */
function isStructural({ marks, revises, state, edited, outOfOrder }: RevisionRow): boolean {
  return marks.length > 0 || revises.length !== 1 || state === 'missing' || edited || outOfOrder;
}

/** The filter of a folded graph. */
export const folded = 'is:landmark';

/** The keywords of a filter, for a hint. */
export const filterKeywords = 'is:pending is:applied is:missing is:edited is:head is:current label:…';

/**
 * The rows that match all words of a filter. `is:pending` matches a state, `label:chat` a label, any other
 * word part of the name, the labels, or the id. An incomplete keyword matches as far as it goes.
 */
export function filterOf(text: string): (row: RevisionRow) => boolean {
  const tests = text.toLowerCase().split(/\s+/).filter(Boolean).map(testOf);
  return row => tests.every(test => test(row));
}

function testOf(word: string): (row: RevisionRow) => boolean {
  if (word.startsWith('is:')) {
    const wanted = word.slice(3);
    const fitting = Object.keys(states).filter(name => name.startsWith(wanted));
    return row => fitting.some(name => states[name]?.(row));
  }
  if (word.startsWith('label:')) {
    const wanted = word.slice(6);
    return row => row.labels.some(label => label.toLowerCase().startsWith(wanted));
  }
  return row => `${row.id} ${row.slug} ${row.labels.join(' ')}`.toLowerCase().includes(word);
}

/** The text words of a filter: these are highlighted in the rows. */
export const textIn = (filter: string): string =>
  filter
    .split(/\s+/)
    .filter(word => !/^(is|label):/i.test(word))
    .at(-1) ?? '';
