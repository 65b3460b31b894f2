import { drawBlocks, drawRows } from './draw/rows.ts';
import { lookFor, rowsOf } from './looking.ts';
import { revisionsJson } from './shapes.ts';
import type { Call } from './shell/call.ts';
import { type Definition, examples } from './shell/command.ts';
import { verbose } from './shell/options.ts';

/** `migtui current`: the tips of what is applied. */
export const current: Definition = (program, act) =>
  program
    .command('current')
    .description('show the current revisions of the database')
    .addOption(verbose())
    .addHelpText(
      'after',
      examples({
        'migtui current': 'the tips of what is applied',
        'migtui current -v': 'with parents, labels, time and file',
      }),
    )
    .action(act(showCurrent));

async function showCurrent(call: Call, options: { verbose?: boolean }): Promise<undefined> {
  const look = await lookFor(call, 'database');
  const rows = rowsOf(look, look.current);
  call.output.answer(
    rows,
    () => revisionsJson(rows, look),
    (rows, paint) => {
      if (rows.length === 0) return paint.dim('Nothing is applied.');
      return options.verbose ? drawBlocks(rows, paint) : drawRows(rows, paint, call.host.now());
    },
  );
}
