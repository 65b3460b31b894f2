import type { FleetCount, FleetRow, FleetState, FleetStatus } from '../../engine/api.ts';
import { count, grouped } from '../../foundation/grouped.ts';
import { fleetStates } from '../../values/fleet.ts';
import type { Paint } from '../shell/paint.ts';
import { nameOf } from './rows.ts';
import { type Cell, indent, table } from './text.ts';

/** Number of targets with problems listed without -v. */
const few = 10;
/** Length of the longest bar, characters. */
const barWidth = 24;

/** The fleet for display: the number of targets at each revision, then the targets with problems. */
export function drawFleetStatus(status: FleetStatus, paint: Paint, verbose: boolean): string {
  const { targets, counts, states } = status;
  const heads = new Set(Object.values(status.heads).flat());
  // Targets that are behind are listed only if there are few.
  const usual: FleetState[] = states.behind >= states.head ? ['head', 'behind'] : ['head'];
  const unusual = targets.filter(({ state, running }) => !usual.includes(state) || running);
  const listed = verbose ? targets : unusual.slice(0, few);
  const hidden = unusual.length - listed.length;
  const databases = new Set(targets.map(({ database }) => database)).size;
  return [
    `${paint.bold(count(targets.length, 'target'))}${databases > 1 ? paint.dim(` in ${databases} databases`) : ''}`,
    '',
    indent(table(counts.map(one => countCells(one, heads, counts, paint)))),
    '',
    indent(drawStates(states, paint)),
    ...(listed.length > 0 ? ['', indent(table(listed.map(row => rowCells(row, paint))))] : []),
    ...(!verbose && hidden > 0
      ? [indent(paint.dim(`${paint.glyphs.ellipsis} and ${hidden} more: migtui fleet status -v`))]
      : []),
  ].join('\n');
}

function countCells(
  { current, targets }: FleetCount,
  heads: ReadonlySet<string>,
  counts: readonly FleetCount[],
  paint: Paint,
): Cell[] {
  const most = Math.max(...counts.map(one => one.targets));
  const length = Math.max(1, Math.round((targets / most) * barWidth));
  const isHead = current.length > 0 && current.every(id => heads.has(id));
  return [
    {
      text: grouped(targets).padStart(grouped(most).length),
      paint: paint.bold,
    },
    { text: paint.glyphs.barFull.repeat(length), paint: isHead ? paint.good : paint.warn },
    { text: revisionsOf(current), paint: paint.id },
    { text: isHead ? '(head)' : '', paint: paint.mark },
  ];
}

/** A description of a target's state. */
export function revisionsOf(current: readonly string[]): string {
  return current.length === 0 ? 'nothing applied' : current.map(nameOf).join(', ');
}

const labels: Readonly<Record<FleetState, string>> = {
  unreachable: 'unreachable',
  gone: 'without their schema',
  'half-way': 'interrupted',
  ahead: 'ahead of these files',
  edited: 'with edited revisions',
  drifted: 'drifted',
  behind: 'behind',
  head: 'at the head',
};

function drawStates(states: FleetStatus['states'], paint: Paint): string {
  return fleetStates
    .toReversed()
    .filter(state => states[state] > 0)
    .map(state => stateBrush(state, paint)(`${grouped(states[state])} ${labels[state]}`))
    .join(paint.dim(` ${paint.glyphs.separator} `));
}

function stateBrush(state: FleetState, paint: Paint): (text: string) => string {
  if (state === 'head') return paint.good;
  return state === 'behind' || state === 'edited' || state === 'drifted' ? paint.warn : paint.bad;
}

function rowCells(row: FleetRow, paint: Paint): Cell[] {
  const { glyphs } = paint;
  const { state, running, name } = row;
  const glyph =
    state === 'head'
      ? glyphs.ok
      : state === 'behind'
        ? glyphs.pending
        : state === 'edited'
          ? glyphs.warning
          : glyphs.failed;
  return [
    { text: glyph, paint: stateBrush(state, paint) },
    { text: name, paint: paint.bold },
    { text: running ? `${state}, a run is in progress` : state, paint: stateBrush(state, paint) },
    { text: remarkOf(row), paint: paint.dim },
  ];
}

/** Additional information about a target. */
export function remarkOf({
  state,
  failure,
  halfWay,
  missing,
  edited,
  current,
  pending,
  differsFrom,
}: FleetRow): string {
  if (failure) return failure.message;
  if (state === 'half-way') return `interrupted: ${halfWay.map(nameOf).join(', ')}`;
  if (state === 'ahead') return `applied without a file: ${missing.map(nameOf).join(', ')}`;
  if (state === 'edited') return `edited since applied: ${edited.map(nameOf).join(', ')}`;
  if (state === 'drifted') return `its schema differs from ${differsFrom} others at ${revisionsOf(current)}`;
  return pending > 0 ? `${revisionsOf(current)}, ${pending} pending` : revisionsOf(current);
}
