import { drawBlocks, drawRows, nameOf } from '../draw/rows.ts';
import { revisionsJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { verbose } from '../shell/options.ts';
import { requireStatus, rowsOf } from './require-status.ts';

/** `migtui current`: the tips of the applied revisions. */
export const current: Definition = (program, act) =>
  program
    .command('current')
    .description('show the current revisions of the database')
    .option('--check-heads', 'exit code 1 unless every head is applied')
    .addOption(verbose())
    .addHelpText(
      'after',
      examples({
        'migtui current': 'the current revisions',
        'migtui current --check-heads': 'for scripts: is the database up to date?',
        'migtui current -v': 'with parents, labels, time and file',
      }),
    )
    .action(act(showCurrent));

interface CurrentOptions {
  readonly verbose?: boolean;
  readonly checkHeads?: boolean;
}

async function showCurrent(call: Call, options: CurrentOptions): Promise<number> {
  const overview = await requireStatus(call, 'database');
  const rows = rowsOf(overview, overview.current);
  call.output.answer(
    rows,
    () => revisionsJson(rows, overview),
    (rows, paint) => {
      if (rows.length === 0) return paint.dim('Nothing is applied.');
      return options.verbose ? drawBlocks(rows, paint) : drawRows(rows, paint, call.host.now());
    },
  );
  const missing = options.checkHeads
    ? rowsOf(overview, overview.heads).filter(row => row.state !== 'applied')
    : [];
  if (missing.length === 0) return 0;
  call.output.note(missing, (rows, paint) =>
    paint.bad(`Not applied: ${rows.map(row => nameOf(row.id)).join(', ')}.`),
  );
  return 1;
}
