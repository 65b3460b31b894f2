import { drawBlocks, drawNumbered } from '../draw/rows.ts';
import { revisionsJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { verbose } from '../shell/options.ts';
import { requireStatus, rowsOf } from './require-status.ts';

/** `migtui pending`: what `upgrade heads` would run, in that order. */
export const pending: Definition = (program, act) =>
  program
    .command('pending')
    .description('show the pending revisions, in the order in which they would run')
    .addOption(verbose())
    .addHelpText(
      'after',
      examples({
        'migtui pending': 'the next one first',
        'migtui upgrade heads --plan': 'the same with its SQL',
      }),
    )
    .action(act(showPending));

async function showPending(call: Call, options: { verbose?: boolean }): Promise<undefined> {
  const overview = await requireStatus(call, 'database');
  const rows = rowsOf(overview, overview.pending);
  call.output.answer(
    rows,
    () => revisionsJson(rows, overview),
    (rows, paint) => {
      if (rows.length === 0) return paint.good('Nothing is pending.');
      return options.verbose ? drawBlocks(rows, paint) : drawNumbered(rows, paint, call.host.now());
    },
  );
}
