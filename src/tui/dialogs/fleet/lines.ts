import { bytes } from '../../../drawing/text/bytes.ts';
import { failureLines } from '../../../drawing/text/failure.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import { statementLines } from '../../../drawing/text/statement.ts';
import { duration } from '../../../drawing/text/time.ts';
import { clip, padTo } from '../../../drawing/text/width.ts';
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
import { count, grouped } from '../../../foundation/grouped.ts';
import { someNames } from '../../../foundation/some-names.ts';
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

/** The name of a state on screen. Scripts know interrupted targets as `half-way`. */
const stateName = (state: FleetState): string => (state === 'half-way' ? 'interrupted' : state);

/** The short name of a revision. */
export function named(id: string): string {
  const [short, name] = [shortId(id), slug(id)];
  return short === id || name === '' ? short : `${short} ${name}`;
}

const placeOf = (current: readonly string[]): string =>
  current.length === 0 ? 'nothing applied' : current.map(named).join(', ');

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
        { text: grouped(targets).padStart(grouped(most).length), style: 'strong' },
        { text: ` ${glyphs.barFull.repeat(length)}`, style: isHead ? 'ok' : 'warning' },
        { text: glyphs.barEmpty.repeat(width - length), style: 'border' },
        { text: ` ${placeOf(current)}`, style: 'accent' },
        { text: isHead ? ' (head)' : '', style: 'dim' },
      ];
    }),
    ...(rest > 0 ? [line(`and ${grouped(rest)} at ${counts.length - mostBars} other revisions`, 'dim')] : []),
    fleetStates
      .toReversed()
      .filter(one => states[one] > 0)
      .flatMap((one, at) => [
        { text: at > 0 ? ` ${glyphs.separator} ` : '', style: 'dim' as Style },
        { text: `${grouped(states[one])} ${stateName(one)}`, style: styles[one] },
      ]),
  ];
}

/** The columns of the board, in cells. */
export interface ColumnWidths {
  readonly name: number;
  readonly standing: number;
}

/** The state of a target, and whether it is running. */
export const standingOf = ({ state, running }: FleetRow): string => (running ? `${state}, running` : state);

/** A target on one line. */
export function rowLine(row: FleetRow, state: State, widths: ColumnWidths): Line {
  const glyphs = glyphsOf(state.appearance.ascii);
  const { name, state: stands } = row;
  const glyph = stands === 'head' ? glyphs.ok : stands === 'behind' ? glyphs.pending : glyphs.warning;
  return [
    { text: `${glyph} `, style: styles[stands] },
    { text: padTo(name, widths.name), style: 'strong' },
    { text: `  ${padTo(standingOf(row), widths.standing)}`, style: styles[stands] },
    { text: `  ${remarkOf(row)}`, style: 'dim' },
  ];
}

function remarkOf({ state, failure, halfWay, missing, edited, current, pending }: FleetRow): string {
  if (failure) return failure.message;
  if (state === 'half-way') return `interrupted: ${halfWay.map(named).join(', ')}`;
  if (state === 'ahead') return `no file: ${missing.map(named).join(', ')}`;
  if (state === 'drifted') return 'its schema differs from the others at the same revision';
  if (state === 'edited') return `edited: ${edited.map(named).join(', ')}`;
  return pending > 0 ? `${placeOf(current)} · ${pending} pending` : placeOf(current);
}

/** A fleet run: a bar for all targets, those in progress, the last errors. */
export function progressLines(progress: FleetProgress, state: State, columns: number): Line[] {
  const glyphs = glyphsOf(state.appearance.ascii);
  const { total, arrived, there, failed, working, errors, wave, parallel, cancel, paused, failure } =
    progress;
  const reached = arrived.length + there;
  const width = Math.max(10, Math.min(48, columns - 50));
  const part = (number: number): number => (total === 0 ? 0 : Math.round((number / total) * width));
  const [good, bad] = [part(reached), part(failed)];
  const ended = progress.endedAt ?? state.now;
  const ending =
    cancel === 'rollback' ? '  cancelling' : cancel === 'after-step' ? '  finishing those in progress' : '';
  return [
    [
      { text: glyphs.barFull.repeat(good), style: 'ok' },
      { text: glyphs.barFull.repeat(bad), style: 'danger' },
      { text: glyphs.barEmpty.repeat(Math.max(0, width - good - bad)), style: 'border' },
      { text: `  ${grouped(reached)} of ${grouped(total)}`, style: 'strong' },
      { text: failed > 0 ? `  ${grouped(failed)} failed` : '', style: 'danger' },
      { text: `  ${duration(ended - progress.startedAt)}`, style: 'dim' },
      { text: fleetRuns(progress) ? ending : '', style: 'warning' },
    ],
    ...(fleetRuns(progress)
      ? [
          line(`${wave || 'starting'}${parallel > 0 ? `, ${parallel} at once` : ''}`, 'dim'),
          line(working.length > 0 ? clip(`in progress: ${working.join(', ')}`, columns) : '', 'dim'),
        ]
      : []),
    // The result has all errors, grouped.
    ...(progress.result ? [] : errors).flatMap(({ target, message }) =>
      wrap(`${target}: ${message}`, columns - 2).map(text => line(`${text}`, 'danger')),
    ),
    ...(paused
      ? [
          line(
            `Paused: ${paused.after.replace(/\.$/, '')}. y continues with ${grouped(paused.left)} more, n stops.`,
            'warning',
          ),
        ]
      : []),
    ...(progress.result ? resultLines(progress.result, columns) : []),
    ...(failure ? failureLines(failure, columns) : []),
  ];
}

function resultLines({ counts, errors, stopped }: FleetResult, columns: number): Line[] {
  const parts: readonly [number, string, Style][] = [
    [counts.done, 'done', 'ok'],
    [counts.there, 'already at the target', 'ok'],
    [counts.failed, 'failed', 'danger'],
    [counts['not tried'], 'not tried', 'warning'],
  ];
  const shown = parts.filter(([number]) => number > 0);
  return [
    shown.flatMap(([number, label, style], at) => [
      { text: at > 0 ? ' · ' : '', style: 'dim' as Style },
      { text: `${grouped(number)} ${label}`, style },
    ]),
    ...errors.flatMap(({ failure, targets }) => [
      [
        { text: `${count(targets.length, 'target')}: `, style: 'danger' as Style },
        { text: someNames(targets), style: 'strong' as Style },
      ],
      ...wrap(failure.message, columns - 4).map(text => line(`  ${text}`, 'danger')),
      ...(failure.next ? wrap(failure.next, columns - 4).map(text => line(`  ${text}`, 'accent')) : []),
    ]),
    ...(stopped
      ? wrap(`${stopped} Upgrade again to continue with the rest.`, columns).map(text =>
          line(text, 'warning'),
        )
      : []),
  ];
}

/** A fleet plan: each group with its SQL once, then the skipped targets. */
export function planLines({ groups, refused, there, waves }: FleetPlan, columns: number): Line[] {
  const byCode = Map.groupBy(refused, ({ failure }) => failure.code);
  return [
    ...groups.flatMap(group => [...groupLines(group, columns), []]),
    ...(there.length > 0 ? [line(`${grouped(there.length)} already at the target`, 'dim')] : []),
    ...[...byCode].flatMap(([code, some]) => [
      line(
        `${grouped(some.length)} refused, ${code}: ${someNames(some.map(({ target }) => target))}`,
        'danger',
      ),
      ...wrap(some[0]?.failure.message ?? '', columns - 2).map(text => line(`  ${text}`, 'dim')),
    ]),
    ...(waves.length > 1
      ? [
          line(
            `waves: ${waves.map(({ name, targets }) => `${name} ${grouped(targets.length)}`).join(', ')}`,
            'dim',
          ),
        ]
      : []),
  ];
}

function groupLines({ targets, preview, table, largest }: FleetGroup, columns: number): Line[] {
  const { steps } = preview;
  return [
    [
      {
        text: `${count(targets.length, 'target')}: ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`,
        style: 'strong',
      },
      { text: `  ${someNames(targets)}`, style: 'dim' },
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
