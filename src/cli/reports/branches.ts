import { drawBlock, drawRows } from '../draw/rows.ts';
import { indent } from '../draw/text.ts';
import { revisionIn } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { verbose } from '../shell/options.ts';
import { requireStatus } from './require-status.ts';

/** `migtui branches`: where the history branches. */
export const branches: Definition = (program, act) =>
  program
    .command('branches')
    .description('show the branch points and their branches')
    .addOption(verbose())
    .addHelpText(
      'after',
      examples({ 'migtui branches': 'each branch point and the revisions that follow it' }),
    )
    .action(act(showBranches));

async function showBranches(call: Call, options: { verbose?: boolean }): Promise<undefined> {
  const overview = await requireStatus(call, 'revisions');
  const childrenOf = (id: string) => overview.revisions.filter(row => row.revises.includes(id));
  const points = overview.revisions
    .filter(row => row.marks.includes('branchpoint'))
    .map(row => ({ row, children: childrenOf(row.id) }));
  call.output.answer(
    points,
    () =>
      points.map(({ row, children }) => ({
        ...revisionIn(row, overview),
        children: children.map(child => child.id),
      })),
    (points, paint) => {
      if (points.length === 0) return paint.dim('The history has no branch points.');
      const now = call.host.now();
      const drawn = points.map(({ row, children }) => {
        const point = options.verbose ? `${drawBlock(row, paint)}\n` : drawRows([row], paint, now);
        return `${point}\n${indent(drawRows(children, paint, now), 4)}`;
      });
      return drawn.join('\n\n');
    },
  );
}
