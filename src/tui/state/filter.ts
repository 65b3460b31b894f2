import type { RevisionRow } from '../../engine/api.ts';

/** What can be asked for with `is:`. */
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
  landmark: isLandmark,
};

/** What a graph without its straight lines keeps: where it begins, ends, forks and joins, and what is odd. */
function isLandmark({ marks, revises, state, edited, outOfOrder }: RevisionRow): boolean {
  return marks.length > 0 || revises.length !== 1 || state === 'missing' || edited || outOfOrder;
}

/** The filter of a folded graph. */
export const folded = 'is:landmark';

/** Words that a filter knows besides text, for a hint. */
export const filterWords = 'is:pending is:applied is:missing is:edited is:head is:current label:…';

/**
 * What a filter lets through: rows that fit every word of it. `is:pending` asks for a state, `label:chat` for a label,
 * any other word for a part of the name, the labels, or the id. A word that is still being typed counts as far as it goes.
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

/** The words of a filter that stand for text: what is marked in the rows. */
export const textIn = (filter: string): string =>
  filter
    .split(/\s+/)
    .filter(word => !/^(is|label):/i.test(word))
    .at(-1) ?? '';
