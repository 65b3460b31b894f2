import { absolute, duration } from '../../drawing/text/time.ts';
import type { JournalEntry, JournalStatus } from '../../engine/api.ts';
import { nameOf } from '../draw/rows.ts';
import { type Cell, table } from '../draw/text.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import type { Paint } from '../shell/paint.ts';
import { requireStatus } from './require-status.ts';

/** `migtui journal`: past runs on this database: what ran, who ran it, and the outcome. */
export const journal: Definition = (program, act) =>
  program
    .command('journal')
    .description('show past runs on this database, newest first')
    .addHelpText(
      'after',
      examples({
        'migtui journal': 'every step of every run',
        'migtui journal --json': 'with plans, checksums and errors',
      }),
    )
    .action(act(showJournal));

const nothing: Readonly<Record<JournalStatus['state'], string>> = {
  on: 'The journal is empty.',
  ready: 'The journal is empty.',
  off: 'There is no journal.',
  unknown: 'The journal cannot be read.',
};

async function showJournal(call: Call): Promise<undefined> {
  const overview = await requireStatus(call, 'table');
  const engine = await call.engine();
  const entries = await engine.journal();
  const { hint } = overview.journal;
  if (entries.length === 0 && hint) call.output.note(hint, (hint, paint) => paint.dim(hint));
  call.output.answer(
    entries,
    entries => entries,
    (entries, paint) => {
      if (entries.length === 0) return paint.dim(nothing[overview.journal.state]);
      return table(entries.map(entry => cells(entry, paint)));
    },
  );
}

function cells(entry: JournalEntry, paint: Paint): Cell[] {
  const { started, action, revision, outcome, ms, who, error, tag, accepted, undoes, redoes } = entry;
  const brush =
    outcome === 'done' || outcome === 'settled' ? paint.good : outcome === 'started' ? paint.warn : paint.bad;
  return [
    { text: absolute(started), paint: paint.dim },
    { text: action },
    { text: nameOf(revision) },
    { text: outcome === 'started' ? 'did not finish' : outcome, paint: brush },
    { text: ms === null ? '' : duration(ms) },
    { text: `${who.osUser}@${who.host} as ${who.databaseUser}`, paint: paint.dim },
    {
      text: [tag, undoes && `undo of ${digest(undoes)}`, redoes && `redo of ${digest(redoes)}`]
        .filter(Boolean)
        .join(' '),
      paint: paint.label,
    },
    { text: accepted ? `edit accepted: ${digest(accepted.before)} -> ${digest(accepted.after)}` : '' },
    { text: error?.split('\n')[0] ?? '', paint: paint.bad },
  ];
}

/** Enough digits to distinguish checksums. */
function digest(checksum: string): string {
  return checksum.slice(0, 8);
}
