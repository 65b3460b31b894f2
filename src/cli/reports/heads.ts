import { drawBlocks, drawRows } from '../draw/rows.ts';
import { revisionsJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { verbose } from '../shell/options.ts';
import { requireStatus, rowsOf } from './require-status.ts';

/** `migtui heads`: the revisions without a successor. */
export const heads: Definition = (program, act) =>
  program
    .command('heads')
    .description('show the heads: revisions without a successor')
    .addOption(verbose())
    .addHelpText(
      'after',
      examples({
        'migtui heads': 'if there is more than one, see migtui merge',
        'migtui heads --json': 'for scripts',
      }),
    )
    .action(act(showHeads));

async function showHeads(call: Call, options: { verbose?: boolean }): Promise<undefined> {
  const overview = await requireStatus(call, 'revisions');
  const rows = rowsOf(overview, overview.heads);
  call.output.answer(
    rows,
    () => revisionsJson(rows, overview),
    (rows, paint) => {
      if (rows.length === 0) return paint.dim('There are no revisions yet.');
      return options.verbose ? drawBlocks(rows, paint) : drawRows(rows, paint, call.host.now());
    },
  );
}
