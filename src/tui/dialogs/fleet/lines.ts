import { bytes } from '../../../drawing/text/bytes.ts';
import { failureLines } from '../../../drawing/text/failure.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import { statementLines } from '../../../drawing/text/statement.ts';
import { duration } from '../../../drawing/text/time.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import { glyphsOf } from '../../../drawing/theme/glyphs.ts';
import type { Style } from '../../../drawing/theme/style.ts';
import type {
  FleetGroup,
  FleetPlan,
  FleetResult,
  FleetRow,
  FleetState,
  FleetStatus,
} from '../../../engine/api.ts';
import { shortId, slug } from '../../../revisions/names.ts';
import { fleetStates } from '../../../values/fleet.ts';
import type { FleetProgress } from '../../state/fleet.ts';
import { fleetRuns } from '../../state/fleet.ts';
import type { State } from '../../state/model.ts';

/** Maximum number of revisions with a bar; the others are counted. */
const mostBars = 5;

const styles: Readonly<Record<FleetState, Style>> = {
  unreachable: 'danger',
  gone: 'danger',
  'half-way': 'danger',
  ahead: 'danger',
  edited: 'warning',
  drifted: 'warning',
  behind: 'warning',
  head: 'ok',
};

/** The short name of a revision. */
export function named(id: string): string {
  const [short, words] = [shortId(id), slug(id)];
  return short === id || words === '' ? short : `${short} ${words}`;
}

const placeOf = (current: readonly string[]): string =>
  current.length === 0 ? 'nothing applied' : current.map(named).join(', ');

const many = (number: number): string => number.toLocaleString('en-US');

/** The number of targets at each revision, as bars and text. */
export function statusLines({ counts, states, heads }: FleetStatus, state: State, columns: number): Line[] {
  const glyphs = glyphsOf(state.appearance.ascii);
  const most = Math.max(1, ...counts.map(({ targets }) => targets));
  const width = Math.max(6, Math.min(28, columns - 60));
  const all = new Set(Object.values(heads).flat());
  const shown = counts.slice(0, mostBars);
  const rest = counts.slice(mostBars).reduce((sum, { targets }) => sum + targets, 0);
  return [
    ...shown.map(({ current, targets }): Line => {
      const isHead = current.length > 0 && current.every(id => all.has(id));
      const length = Math.max(1, Math.round((targets / most) * width));
      return [
        { text: many(targets).padStart(many(most).length), style: 'strong' },
        { text: ` ${glyphs.barFull.repeat(length)}`, style: isHead ? 'ok' : 'warning' },
        { text: glyphs.barEmpty.repeat(width - length), style: 'border' },
        { text: ` ${placeOf(current)}`, style: 'accent' },
        { text: isHead ? ' (head)' : '', style: 'dim' },
      ];
    }),
    ...(rest > 0 ? [line(`and ${many(rest)} at ${counts.length - mostBars} other places`, 'dim')] : []),
    fleetStates
      .toReversed()
      .filter(one => states[one] > 0)
      .flatMap((one, at) => [
        { text: at > 0 ? ` ${glyphs.separator} ` : '', style: 'dim' as Style },
        { text: `${many(states[one])} ${one}`, style: styles[one] },
      ]),
  ];
}

/** A target on one line. */
export function rowLine(row: FleetRow, state: State, width: number): Line {
  const glyphs = glyphsOf(state.appearance.ascii);
  const { name, state: stands, running } = row;
  const glyph = stands === 'head' ? glyphs.ok : stands === 'behind' ? glyphs.pending : glyphs.warning;
  return [
    { text: `${glyph} `, style: styles[stands] },
    { text: name.padEnd(width), style: 'strong' },
    { text: `  ${(running ? `${stands}, running` : stands).padEnd(11)}`, style: styles[stands] },
    { text: `  ${remarkOf(row)}`, style: 'dim' },
  ];
}

function remarkOf({ state, failure, halfWay, missing, edited, current, pending }: FleetRow): string {
  if (failure) return failure.message;
  if (state === 'half-way') return `${halfWay.map(named).join(', ')} did not finish`;
  if (state === 'ahead') return `no file: ${missing.map(named).join(', ')}`;
  if (state === 'drifted') return 'its schema differs from the others at the same revision';
  if (state === 'edited') return `edited: ${edited.map(named).join(', ')}`;
  return pending > 0 ? `${placeOf(current)} · ${pending} pending` : placeOf(current);
}

/** A fleet run: a bar for all targets, those in progress, the last errors. */
export function progressLines(progress: FleetProgress, state: State, columns: number): Line[] {
  const glyphs = glyphsOf(state.appearance.ascii);
  const { total, done, there, failed, working, errors, wave, parallel, cancel, paused, failure } = progress;
  const width = Math.max(10, Math.min(48, columns - 50));
  const part = (number: number): number => (total === 0 ? 0 : Math.round((number / total) * width));
  const [good, bad] = [part(done + there), part(failed)];
  const ended = progress.endedAt ?? state.now;
  const words =
    cancel === 'rollback' ? '  cancelling' : cancel === 'after-step' ? '  finishing those in progress' : '';
  return [
    [
      { text: glyphs.barFull.repeat(good), style: 'ok' },
      { text: glyphs.barFull.repeat(bad), style: 'danger' },
      { text: glyphs.barEmpty.repeat(Math.max(0, width - good - bad)), style: 'border' },
      { text: `  ${many(done + there)} of ${many(total)}`, style: 'strong' },
      { text: failed > 0 ? `  ${many(failed)} failed` : '', style: 'danger' },
      { text: `  ${duration(ended - progress.startedAt)}`, style: 'dim' },
      { text: fleetRuns(progress) ? words : '', style: 'warning' },
    ],
    ...(fleetRuns(progress)
      ? [
          line(`${wave || 'starting'}${parallel > 0 ? `, ${parallel} at once` : ''}`, 'dim'),
          line(working.length > 0 ? `in progress: ${working.join(', ')}`.slice(0, columns) : '', 'dim'),
        ]
      : []),
    ...errors.flatMap(({ target, message }) =>
      wrap(`${target}: ${message}`, columns - 2).map(text => line(`${text}`, 'danger')),
    ),
    ...(paused
      ? [
          line(
            `Paused: ${paused.after.replace(/\.$/, '')}. y continues with ${many(paused.left)} more, n stops.`,
            'warning',
          ),
        ]
      : []),
    ...(progress.result ? resultLines(progress.result) : []),
    ...(failure ? failureLines(failure, columns) : []),
  ];
}

function resultLines({ counts, stopped }: FleetResult): Line[] {
  const parts: readonly [number, string, Style][] = [
    [counts.done, 'done', 'ok'],
    [counts.there, 'already at the target', 'ok'],
    [counts.failed, 'failed', 'danger'],
    [counts['not tried'], 'not tried', 'warning'],
  ];
  const shown = parts.filter(([number]) => number > 0);
  return [
    shown.flatMap(([number, words, style], at) => [
      { text: at > 0 ? ' · ' : '', style: 'dim' as Style },
      { text: `${many(number)} ${words}`, style },
    ]),
    ...(stopped ? [line(`${stopped} Upgrade again to continue with the rest.`, 'warning')] : []),
  ];
}

/** A fleet plan: each group with its SQL once, then the skipped targets. */
export function planLines({ groups, refused, there, waves }: FleetPlan, columns: number): Line[] {
  const byCode = Map.groupBy(refused, ({ failure }) => failure.code);
  return [
    ...groups.flatMap(group => [...groupLines(group, columns), []]),
    ...(there.length > 0 ? [line(`${many(there.length)} already at the target`, 'dim')] : []),
    ...[...byCode].flatMap(([code, some]) => [
      line(
        `${many(some.length)} refused, ${code}: ${some
          .slice(0, 3)
          .map(({ target }) => target)
          .join(', ')}`,
        'danger',
      ),
      ...wrap(some[0]?.failure.message ?? '', columns - 2).map(text => line(`  ${text}`, 'dim')),
    ]),
    ...(waves.length > 1
      ? [
          line(
            `waves: ${waves.map(({ name, targets }) => `${name} ${many(targets.length)}`).join(', ')}`,
            'dim',
          ),
        ]
      : []),
  ];
}

function groupLines({ targets, preview, table, largest }: FleetGroup, columns: number): Line[] {
  const names = targets.slice(0, 3).join(', ');
  const more = targets.length > 3 ? ` and ${many(targets.length - 3)} more` : '';
  const { steps } = preview;
  return [
    [
      {
        text: `${many(targets.length)} ${targets.length === 1 ? 'target' : 'targets'}: ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`,
        style: 'strong',
      },
      { text: `  ${names}${more}`, style: 'dim' },
    ],
    ...steps.flatMap(({ action, revision, preview, losses, findings }) => [
      [{ text: `  ${action} `, style: 'accent' as Style }, { text: named(revision) }],
      ...preview.sql.flatMap(sql =>
        statementLines(sql, { columns: columns - 4, original: false }).map(
          (one): Line => [{ text: '    ' }, ...one],
        ),
      ),
      ...losses.map(loss => line(`    ${loss} (counted in ${largest})`, 'danger')),
      ...findings
        .filter(({ severity }) => severity !== 'note')
        .flatMap(({ message, severity }) =>
          wrap(message, columns - 4).map(text =>
            line(`    ${text}`, severity === 'danger' ? 'danger' : 'warning'),
          ),
        ),
    ]),
    ...(table
      ? [line(`  largest table: ${table.name} of ${table.target}, ${bytes(table.bytes)}`, 'dim')]
      : []),
  ];
}
