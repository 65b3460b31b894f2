import { effectLines } from '../../../drawing/text/effects.ts';
import { failureLines } from '../../../drawing/text/failure.ts';
import { foldWords } from '../../../drawing/text/fold.ts';
import { headlineOf } from '../../../drawing/text/rehearsal.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import { statementLines } from '../../../drawing/text/statement.ts';
import { clip, widthOf } from '../../../drawing/text/width.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import type { Rehearsal } from '../../../engine/api.ts';
import type { State } from '../../state/model.ts';
import { nameOf } from '../../state/select.ts';

/** The result, the common ancestor, the branches side by side, and the evidence. */
export function rehearsalLines(rehearsal: Rehearsal, state: State, columns: number): Line[] {
  const { text: headline, tone } = headlineOf(rehearsal, id => nameOf(state, id));
  const ancestors = rehearsal.ancestors.map(id => nameOf(state, id)).join(', ');
  return [
    ...wrap(headline, columns).map(text => line(text, tone)),
    [],
    [
      { text: 'common ancestor  ', style: 'dim' },
      { text: ancestors === '' ? 'none' : ancestors, style: 'strong' },
    ],
    [],
    ...besides(
      rehearsal.branches.map(branch => branchLines(branch, state, half(columns, rehearsal.branches.length))),
      columns,
    ),
    [],
    ...evidence(rehearsal, state, columns),
  ];
}

const gap = 3;
const smallestHalf = 32;

const half = (columns: number, count: number): number => {
  const width = Math.floor((columns - gap * (count - 1)) / count);
  return width < smallestHalf ? columns : width;
};

function branchLines(branch: Rehearsal['branches'][number], state: State, columns: number): Line[] {
  return [
    [{ text: nameOf(state, branch.head), style: 'title' }],
    ...branch.revisions.filter(id => id !== branch.head).map(id => line(`  ${nameOf(state, id)}`, 'dim')),
    ...(branch.failure
      ? failureLines(branch.failure, columns)
      : branch.effects.length === 0
        ? [line('changes no schema', 'dim')]
        : effectLines(branch.effects).flatMap(one => foldWords(one, columns, 2))),
  ];
}

/** Columns of lines next to each other, or below each other if they would be too narrow. */
function besides(blocks: readonly (readonly Line[])[], columns: number): Line[] {
  const width = half(columns, blocks.length);
  if (width === columns) return blocks.flatMap((block, index) => (index === 0 ? [...block] : [[], ...block]));
  const height = Math.max(...blocks.map(block => block.length));
  return Array.from(
    { length: height },
    (_, row): Line =>
      blocks.flatMap((block, index) => [
        ...(index > 0 ? [{ text: ' │ ', style: 'border' as const }] : []),
        ...fitted(block[row] ?? [], width),
      ]),
  );
}

function fitted(spans: Line, width: number): Line {
  let left = width;
  const out = spans.flatMap(one => {
    const text = left > 0 ? clip(one.text, left) : '';
    left -= widthOf(text);
    return text === '' ? [] : [{ ...one, text }];
  });
  return [...out, { text: ' '.repeat(Math.max(0, left)) }];
}

function evidence(rehearsal: Rehearsal, state: State, columns: number): Line[] {
  const order = (heads: readonly string[]): string => heads.map(id => nameOf(state, id)).join(', then ');
  const lines: Line[] = [];
  for (const { heads, ok, failed } of rehearsal.orders) {
    const tried: Line = [
      { text: ok ? '  runs   ' : '  fails  ', style: ok ? 'ok' : 'danger' },
      { text: order(heads), style: 'dim' },
    ];
    lines.push(...foldWords(tried, columns, 7));
    if (failed)
      lines.push(
        line(`         at ${nameOf(state, failed.revision)}:`, 'danger'),
        ...failureLines(failed.failure, columns - 9).map((one): Line => [{ text: '         ' }, ...one]),
      );
  }
  if (rehearsal.differences.length > 0)
    lines.push(
      [],
      line('Where the orders differ', 'strong'),
      ...effectLines(rehearsal.differences).flatMap(one => foldWords(one, columns, 2)),
    );
  if (rehearsal.shared.length > 0)
    lines.push(
      [],
      line('Changed by more than one branch', 'strong'),
      ...rehearsal.shared.flatMap(object => foldWords(line(`  ${object}`), columns, 2)),
    );
  if (rehearsal.downAndUp) {
    lines.push(
      [],
      line(
        rehearsal.downAndUp.ok
          ? 'Downgrading and upgrading again results in the same schema.'
          : 'Downgrading and upgrading again fails.',
        rehearsal.downAndUp.ok ? 'dim' : 'warning',
      ),
    );
    lines.push(
      ...rehearsal.downAndUp.words.flatMap(change =>
        wrap(change, columns - 2).map(text => line(`  ${text}`, 'dim')),
      ),
    );
  }
  if (rehearsal.reconcile.length > 0) {
    lines.push(
      [],
      line('SQL that makes the merged schema match the entities', 'strong'),
      ...rehearsal.reconcile.flatMap(sql =>
        statementLines(sql, { columns: columns - 2, original: false }).map(
          (one): Line => [{ text: '  ' }, ...one],
        ),
      ),
    );
  }
  for (const caveat of rehearsal.caveats) lines.push(...wrap(caveat, columns).map(text => line(text, 'dim')));
  return lines;
}
