import { absolute, ago, duration } from '../../drawing/text/time.ts';
import type { RevisionRow } from '../../engine/api.ts';
import { datedParts } from '../../revisions/names.ts';
import type { HistoryFacts } from '../answers.ts';
import type { Paint } from '../shell/paint.ts';
import { type Cell, indent, table } from './text.ts';

/** The short name of a revision: its digits and its slug, or its id. */
export function nameOf(id: string): string {
  const { digits, slug } = datedParts(id) ?? { digits: id, slug: '' };
  return slug === '' ? digits : `${digits} ${slug}`;
}

/** Alembic's marks, as it writes them: `(head) (current)`. */
export function marksOf(row: RevisionRow): string {
  return row.marks.map(mark => `(${mark})`).join(' ');
}

/** For a squashed revision, the number of revisions that it replaces. */
function replacesOf({ replaces }: RevisionRow): string {
  return replaces.length > 0 ? `(replaces ${replaces.length})` : '';
}

/** Unusual states of a revision. */
export function flagsOf(row: RevisionRow): string {
  return [
    ...(row.state === 'missing' ? ['missing: applied, but its file does not exist'] : []),
    ...(row.edited ? ['edited since it was applied'] : []),
    ...(row.outOfOrder ? ['out of order: a later revision is applied'] : []),
  ].join(', ');
}

/** The cells of one revision: state, name, when it was applied, and its marks, labels and unusual states. */
export function cellsOf(row: RevisionRow, paint: Paint, now: number): Cell[] {
  const { glyphs } = paint;
  const { applied, pending, missing } = glyphs;
  const glyph = { applied, pending, missing, unknown: '?' }[row.state];
  const remarks: readonly (readonly [string, (text: string) => string])[] = [
    [marksOf(row), paint.mark],
    [row.labels.join(' '), paint.label],
    [replacesOf(row), paint.dim],
    [flagsOf(row), paint.warn],
  ];
  const shown = remarks.filter(([text]) => text !== '');
  return [
    { text: glyph, paint: paint.state(row.state) },
    { text: nameOf(row.id), paint: text => paint.id(row.shortId) + text.slice(row.shortId.length) },
    { text: row.appliedAt ? ago(row.appliedAt, now) : '', paint: paint.dim },
    {
      text: shown.map(([text]) => text).join(' '),
      paint: () => shown.map(([text, brush]) => brush(text)).join(' '),
    },
  ];
}

/** One line for each revision, aligned. */
export function drawRows(rows: readonly RevisionRow[], paint: Paint, now: number): string {
  return table(rows.map(row => cellsOf(row, paint, now)));
}

/** One line for each revision in the order given, numbered from 1. */
export function drawNumbered(rows: readonly RevisionRow[], paint: Paint, now: number): string {
  const width = String(rows.length).length;
  return table(
    rows.map((row, at) => [
      { text: String(at + 1).padStart(width), paint: paint.dim },
      ...cellsOf(row, paint, now),
    ]),
  );
}

/** A line of a block: label and value; omitted if the value is empty. */
type Fact = readonly [string, string];

/** Everything known about a revision, in a block like that of Alembic's `-v`. */
export function drawBlock(row: RevisionRow, paint: Paint, more: readonly Fact[] = []): string {
  const list = (ids: readonly string[]): string => ids.map(nameOf).join(', ');
  const when = row.appliedAt ? `applied ${absolute(row.appliedAt)}` : row.state;
  const facts: Fact[] = [
    ['Parent', row.revises.length > 0 ? list(row.revises) + (row.inferred ? ' (inferred)' : '') : '<base>'],
    ['Depends on', list(row.dependsOn)],
    ['Labels', row.labels.join(', ')],
    ['Replaces', replaced(row.replaces)],
    ['State', row.state === 'missing' ? `missing, ${when}` : when],
    ['Flags', flagsOf(row)],
    ...more,
    ['Path', row.file ?? ''],
  ];
  if (row.revises.length > 1) facts[0] = ['Merges', list(row.revises)];
  const shown = facts.filter(([, value]) => value !== '');
  const marks = marksOf(row);
  return [
    `Rev: ${paint.id(row.id)}${marks ? ` ${paint.mark(marks)}` : ''}`,
    ...shown.map(
      ([label, value]) => `${label}: ${label === 'State' ? paint.state(row.state)(value) : value}`,
    ),
    ...(row.slug && row.slug !== row.id ? ['', indent(row.slug.replace(/[_-]+/g, ' '), 4)] : []),
  ].join('\n');
}

/** The first and the last of a range, and the number of revisions. */
function replaced(ids: readonly string[]): string {
  const [first, last] = [ids[0], ids.at(-1)];
  if (first === undefined || last === undefined) return '';
  return ids.length < 4
    ? ids.map(nameOf).join(', ')
    : `${ids.length} revisions, ${nameOf(first)} to ${nameOf(last)}`;
}

/** Blocks below each other. */
export function drawBlocks(rows: readonly RevisionRow[], paint: Paint): string {
  return rows.map(row => `${drawBlock(row, paint)}\n`).join('\n');
}

/** Blocks with additional information from git, the journal, the files and other contexts. */
export function drawHistoryBlocks(
  rows: readonly { readonly row: RevisionRow; readonly facts: HistoryFacts }[],
  paint: Paint,
): string {
  return rows.map(({ row, facts }) => `${drawBlock(row, paint, linesOf(facts))}\n`).join('\n');
}

function linesOf({ author, ms, statements, contexts }: HistoryFacts): Fact[] {
  return [
    ['Author', author ? `${author.name}, ${absolute(author.at)}` : ''],
    ['Took', ms === null ? '' : duration(ms)],
    ['Size', statements === null ? '' : `${statements} statement${statements === 1 ? '' : 's'}`],
    ['Applied in', contexts === null ? '' : contexts.join(', ') || 'no other context'],
  ];
}
