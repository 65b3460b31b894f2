import type { Overview, RevisionRow } from '../../engine/api.ts';
import { drawGraph } from '../draw/graph.ts';
import { drawHistoryBlocks, drawRows } from '../draw/rows.ts';
import { revisionsJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { verbose } from '../shell/options.ts';
import type { Paint } from '../shell/paint.ts';
import { historyFacts } from './history-facts.ts';
import { requireStatus } from './require-status.ts';

interface HistoryOptions {
  readonly verbose?: boolean;
  readonly contexts?: boolean;
  readonly graph?: boolean;
  readonly revRange?: string;
}

/** `migtui history [range]`: every revision, newest first. */
export const history: Definition = (program, act) =>
  program
    .command('history')
    .alias('list')
    .description('show the revisions, newest first')
    .argument('[range]', 'from:to, from: or :to; both ends included')
    .option('-r, --rev-range <range>', 'the same, as an option (Alembic)')
    .addOption(verbose())
    .option('--contexts', 'with -v: also where else it is applied, in the other contexts of the config')
    .option('--graph', 'draw branches and merges as lanes (default: if there are any)')
    .option('--no-graph', 'draw no lanes')
    .addHelpText(
      'after',
      examples({
        'migtui history': 'all revisions',
        'migtui history current:': 'from what is applied up to the heads',
        'migtui history -2:current': 'the last three applied revisions, if the history is linear',
        'migtui history -v': 'everything known about each',
        'migtui history -v --contexts': 'and in which contexts it is applied',
      }),
    )
    .action(act(showHistory));

async function showHistory(
  call: Call,
  range: string | undefined,
  options: HistoryOptions,
): Promise<undefined> {
  const wanted = range ?? options.revRange;
  const overview = await requireStatus(call, wanted && countsFromCurrent(wanted) ? 'database' : 'revisions');
  const rows = wanted ? await rowsIn(call, overview, wanted) : overview.revisions;
  const lanes = options.graph ?? branches(rows);
  if (options.verbose || options.contexts) {
    const factsOf = await historyFacts(call, overview, options.contexts === true);
    call.output.answer(
      rows.map(row => ({ row, facts: factsOf(row) })),
      rows =>
        revisionsJson(
          rows.map(({ row }) => row),
          overview,
        ).map((one, at) => ({ ...one, ...rows[at]?.facts })),
      (rows, paint) => (rows.length === 0 ? none(paint) : drawHistoryBlocks(rows, paint)),
    );
    return;
  }
  call.output.answer(
    rows,
    () => revisionsJson(rows, overview),
    (rows, paint) => {
      if (rows.length === 0) return none(paint);
      return (lanes ? drawGraph : drawRows)(rows, paint, call.host.now());
    },
  );
}

const none = (paint: Paint): string => paint.dim('There are no revisions yet.');

/** Whether resolving a range requires the applied revisions: `current:`, `-3:current`, `chat@current:`. */
const countsFromCurrent = (range: string): boolean =>
  range.split(':').some(side => /^[+-]\d|(?:^|@)current/.test(side));

/** Whether the rows are not just a straight line: only then are lanes useful. */
function branches(rows: readonly RevisionRow[]): boolean {
  return rows.some(
    (row, at) => row.revises.length > 1 || (at > 0 && !rows[at - 1]?.revises.includes(row.id)),
  );
}

async function rowsIn(call: Call, overview: Overview, range: string): Promise<RevisionRow[]> {
  const engine = await call.engine();
  const ids = new Set(await engine.resolve(range));
  return overview.revisions.filter(row => ids.has(row.id));
}
