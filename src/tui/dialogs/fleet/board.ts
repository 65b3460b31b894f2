import { failureLines } from '../../../drawing/text/failure.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import { widthOf } from '../../../drawing/text/width.ts';
import type { FleetStatus, PlanRequest } from '../../../engine/api.ts';
import { count } from '../../../foundation/grouped.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { fleetRuns } from '../../state/fleet.ts';
import { fleetEnded } from '../../state/fleet-end.ts';
import { reopen } from '../../state/link.ts';
import { logged } from '../../state/log.ts';
import { loadedOf } from '../../state/message.ts';
import type { State } from '../../state/model.ts';
import { closeAll, notified, open, replace, replaceTop } from '../../state/stack.ts';
import type { DialogType } from '../dialog.ts';
import { fieldSpans } from '../field-line.ts';
import { boardCommands } from './commands.ts';
import { type FleetDialog, type FleetPlanDialog, fleetDialog, rowsOf } from './dialog.ts';
import { type ColumnWidths, progressLines, rowLine, standingOf, statusLines } from './lines.ts';
import { liveRows, liveStatus } from './live.ts';

/** Opens the board, and requests the status of the fleet. */
export function openFleet(state: State, openedBy: string): Change {
  const [asked, ticket, effect] = ask(state, { call: 'fleetStatus', args: [{}] });
  return [logged(open(asked, fleetDialog(ticket, openedBy)), 'command', 'migtui fleet status'), [effect]];
}

const widthsKnown = new WeakMap<FleetStatus, ColumnWidths>();

function columnWidths(status: FleetStatus): ColumnWidths {
  const known = widthsKnown.get(status);
  if (known !== undefined) return known;
  let [name, standing] = [0, 0];
  for (const row of status.targets) {
    name = Math.max(name, widthOf(row.name));
    standing = Math.max(standing, standingOf(row).length);
  }
  const widths = { name: Math.min(40, name), standing };
  widthsKnown.set(status, widths);
  return widths;
}

/** The board: the number of targets at each revision, then each target; during a run, its progress. */
export const fleetType: DialogType<FleetDialog> = {
  kind: 'fleet',
  commands: boardCommands({ choose, plan }),
  scopes: (_dialog, state) => (fleetRuns(state.fleet) ? ['fleet-run', 'choosing'] : ['fleet', 'choosing']),
  title({ loaded }, state) {
    if (fleetRuns(state.fleet)) return 'Fleet: running';
    return loaded.is === 'ready' ? `Fleet: ${count(loaded.value.targets.length, 'target')}` : 'Fleet';
  },
  tone: (_dialog, { fleet }) => (fleet && fleet.failed > 0 ? 'danger' : undefined),
  width: (_dialog, _state, { columns }) => columns - 4,
  head({ loaded, filter, typing, order }, state, columns): Line[] {
    const run = state.fleet ? [...progressLines(state.fleet, state, columns), []] : [];
    if (loaded.is === 'loading') return [...run, line('querying the databases …', 'dim')];
    if (loaded.is === 'failed') return [...run, ...failureLines(loaded.failure, columns)];
    const search: Line = typing
      ? [{ text: '/', style: 'key' }, ...fieldSpans(filter)]
      : [{ text: filter.text === '' ? order : `/${filter.text}  ${order}`, style: 'dim' }];
    return [...run, ...statusLines(liveStatus(loaded.value, state), state, columns), [], search];
  },
  body(dialog, state): Line[] {
    if (dialog.loaded.is !== 'ready') return [];
    const widths = columnWidths(dialog.loaded.value);
    const rows = liveRows(rowsOf(dialog), dialog.loaded.value, state);
    return rows.length === 0
      ? [line('No matching targets.', 'dim')]
      : rows.map(row => rowLine(row, state, widths));
  },
  selected: dialog =>
    rowsOf(dialog).length === 0 ? null : Math.min(dialog.cursor, rowsOf(dialog).length - 1),
  choices: dialog => rowsOf(dialog).length,
  field: dialog => (dialog.typing ? dialog.filter : null),
  typed: (dialog, filter, state) => only(replaceTop(state, { ...dialog, filter, cursor: 0, top: 0 })),
  pressed(dialog, key, state) {
    if (!dialog.typing) return null;
    if (key === 'enter') return only(replaceTop(state, { ...dialog, typing: false }));
    if (key !== 'esc') return null;
    return only(replaceTop(state, { ...dialog, typing: false, filter: { text: '', cursor: 0 }, cursor: 0 }));
  },
  answered(dialog, { ticket, outcome }, state) {
    if (dialog.loaded.is === 'loading' && dialog.loaded.ticket === ticket) {
      const loaded = loadedOf<FleetStatus>(outcome);
      const at = rowsOf({ ...dialog, loaded }).findIndex(({ name }) => name === state.target);
      // The target that was just left.
      const cursor = dialog.cursor === 0 && at > 0 ? at : dialog.cursor;
      return only(replace(state, dialog, { ...dialog, loaded, cursor }));
    }
    if (state.fleet?.ticket !== ticket) return null;
    return readAgain(fleetEnded(state, { ticket, outcome }), dialog);
  },
  clicked: (dialog, at, state) => choose(state, { ...dialog, cursor: at }),
};

/** Requests the status again, after a run. */
function readAgain(state: State, dialog: FleetDialog): Change {
  const [asked, ticket, effect] = ask(state, { call: 'fleetStatus', args: [{}] });
  return [replace(asked, dialog, { ...dialog, loaded: { is: 'loading', ticket } }), [effect]];
}

/** Opens the target under the cursor in the full app. */
function choose(state: State, dialog: FleetDialog): Change {
  const row = rowsOf(dialog)[dialog.cursor];
  if (!row) return only(state);
  if (fleetRuns(state.fleet)) return notified(state, 'the fleet is running', 'warning');
  return reopen(closeAll(state), { target: row.name });
}

/** Requests a plan for the targets shown. */
function plan(state: State, dialog: FleetDialog, request: PlanRequest, key: string): Change {
  const rows = rowsOf(dialog);
  const all = dialog.loaded.is === 'ready' && rows.length === dialog.loaded.value.targets.length;
  const choice = all ? {} : { only: rows.map(({ name }) => name) };
  const [asked, ticket, effect] = ask(state, { call: 'fleetPlan', args: [{ choice, plan: request }] });
  const opened: FleetPlanDialog = {
    ...{ kind: 'fleet-plan', loaded: { is: 'loading', ticket }, request },
    ...{ typed: { text: '', cursor: 0 }, backup: state.settings.backup.always, top: 0, openedBy: key },
  };
  return [open(asked, opened), [effect]];
}
