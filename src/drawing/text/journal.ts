import type { JournalEntry } from '../../values/journal.ts';
import type { Style } from '../theme/style.ts';
import type { Line } from './span.ts';
import { absolute, ago, duration } from './time.ts';
import { wrap } from './wrap.ts';

interface Clock {
  readonly now: number;
  readonly absoluteTimes: boolean;
}

const styles: Readonly<Record<JournalEntry['outcome'], Style>> = {
  started: 'warning',
  done: 'ok',
  failed: 'danger',
  'rolled back': 'warning',
  settled: 'edited',
};

export const timeOf = (iso: string, { now, absoluteTimes }: Clock): string =>
  absoluteTimes ? absolute(iso) : ago(iso, now);

/** One or more lines per entry, without the revision. */
export function journalLines(entries: readonly JournalEntry[], clock: Clock, columns: number): Line[] {
  return entries.flatMap(entry => [
    [
      { text: `${entry.action.padEnd(6)} ` },
      { text: entry.outcome === 'started' ? 'did not finish' : entry.outcome, style: styles[entry.outcome] },
      { text: ` ${timeOf(entry.started, clock)}`, style: 'dim' as const },
      { text: entry.ms === null ? '' : `, ${duration(entry.ms)}`, style: 'dim' as const },
      { text: `, ${entry.who.osUser}@${entry.who.host} as ${entry.who.databaseUser}`, style: 'dim' as const },
    ],
    ...(entry.error === null
      ? []
      : wrap(entry.error, Math.max(10, columns - 9)).map(
          (text): Line => [{ text: `       ${text}`, style: 'danger' }],
        )),
  ]);
}
