import { failureLines } from '../../../drawing/text/failure.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import type { FleetPlan } from '../../../engine/api.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { fleetStarts } from '../../state/fleet.ts';
import { heldNotice, isHeld } from '../../state/held.ts';
import { logged } from '../../state/log.ts';
import { loadedOf } from '../../state/message.ts';
import type { State } from '../../state/model.ts';
import { close, notified, replace, replaceTop } from '../../state/stack.ts';
import { inDialogs, on } from '../commands.ts';
import type { DialogType } from '../dialog.ts';
import { fieldSpans } from '../field-line.ts';
import { countOf, type FleetPlanDialog, wantedName } from './dialog.ts';
import { planLines } from './lines.ts';

/** Runs the plan that is shown, if it is confirmed. */
function run(state: State, dialog: FleetPlanDialog, key: string): Change {
  const { loaded, typed, request } = dialog;
  if (loaded.is !== 'ready') return only(state);
  const plan = loaded.value;
  if (countOf(plan) === 0) return only(close(state));
  if (isHeld(state, dialog, key)) return notified(state, heldNotice, 'warning');
  const wanted = wantedName(dialog);
  if (wanted !== null && typed.text.trim() !== wanted)
    return notified(state, `type ${wanted} first`, 'warning');
  const options = { run: {}, interactive: true, confirm: wanted === null ? [] : plan.databases };
  const [asked, ticket, effect] = ask(state, { call: 'fleetRun', args: [plan.id, options] });
  const fleet = fleetStarts(ticket, countOf(plan), state.now);
  const words = `migtui fleet ${request.command} ${request.targets.join(' ')} --yes`;
  return [logged({ ...close(asked), fleet }, 'command', words), [effect]];
}

const commands = inDialogs([
  {
    id: 'fleet-run',
    keys: ['enter'],
    where: ['fleet-plan'],
    title: 'run',
    about: 'run the plan on every target',
    footer: 1,
    danger: true,
    run: on<FleetPlanDialog>('fleet-plan', run),
  },
]);

/** The fleet plan to be confirmed: the groups, their SQL once, the skipped targets. */
export const fleetPlanType: DialogType<FleetPlanDialog> = {
  kind: 'fleet-plan',
  commands,
  scopes: () => ['fleet-plan', 'scrolling'],
  title({ loaded, request }) {
    const verb =
      request.command === 'upgrade' ? 'Upgrade' : request.command === 'downgrade' ? 'Downgrade' : 'Stamp';
    return loaded.is === 'ready' ? `${verb} ${countOf(loaded.value).toLocaleString('en-US')} targets` : verb;
  },
  tone: ({ loaded }) => (loaded.is === 'ready' && loaded.value.destructive ? 'danger' : undefined),
  width: (_dialog, _state, { columns }) => Math.min(columns - 4, 116),
  body({ loaded }, _state, columns): Line[] {
    if (loaded.is === 'loading') return [line('Planning …', 'dim')];
    if (loaded.is === 'failed') return failureLines(loaded.failure, columns);
    return planLines(loaded.value, columns);
  },
  foot(dialog): Line[] {
    if (dialog.loaded.is !== 'ready') return [];
    const wanted = wantedName(dialog);
    if (countOf(dialog.loaded.value) === 0) return [[], line('Nothing to run. Enter closes.', 'dim')];
    if (wanted === null) return [[], line('Enter runs it, Esc cancels.', 'dim')];
    const why = dialog.loaded.value.destructive ? 'This destroys data.' : 'This is protected.';
    return [[], [{ text: `${why} Type ${wanted}: `, style: 'danger' }, ...fieldSpans(dialog.typed)]];
  },
  field: dialog => (wantedName(dialog) === null ? null : dialog.typed),
  typed: (dialog, typed, state) => only(replaceTop(state, { ...dialog, typed })),
  answered(dialog, { ticket, outcome }, state) {
    if (dialog.loaded.is !== 'loading' || dialog.loaded.ticket !== ticket) return null;
    return only(replace(state, dialog, { ...dialog, loaded: loadedOf<FleetPlan>(outcome) }));
  },
};
