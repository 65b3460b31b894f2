import { failureLines } from '../../../drawing/text/failure.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import type { FleetPlan } from '../../../engine/api.ts';
import { count } from '../../../foundation/grouped.ts';
import { quoteShell } from '../../../foundation/shell.ts';
import { targetsIn } from '../../../values/fleet-run.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { fleetStarts } from '../../state/fleet.ts';
import { heldNotice, isHeld } from '../../state/held.ts';
import { logged } from '../../state/log.ts';
import { loadedOf } from '../../state/message.ts';
import type { State } from '../../state/model.ts';
import { close, notified, replace, replaceTop } from '../../state/stack.ts';
import { inDialogs, on, why } from '../commands.ts';
import type { DialogType } from '../dialog.ts';
import { namePrompt } from '../name-prompt.ts';
import { wantsBackup } from '../plan/policy.ts';
import { type FleetPlanDialog, wantedName } from './dialog.ts';
import { planLines } from './lines.ts';
import { changesOf } from './live.ts';

/** Whether the rules of one of its databases require backups. */
const requiresBackup = ({ groups }: FleetPlan): boolean => groups.some(({ preview }) => wantsBackup(preview));

/** Nothing is backed up for log rows alone. */
function whyNoBackup({ loaded, request }: FleetPlanDialog): string | null {
  if (loaded.is !== 'ready' || targetsIn(loaded.value.waves) === 0) return 'there is nothing to run';
  return request.command === 'stamp' ? 'a stamp changes no data' : null;
}

/** Runs the plan that is shown, if it is confirmed. */
function run(state: State, dialog: FleetPlanDialog, key: string): Change {
  const { loaded, typed, request } = dialog;
  if (loaded.is !== 'ready') return only(state);
  const plan = loaded.value;
  if (targetsIn(plan.waves) === 0) return only(close(state));
  if (isHeld(state, dialog, key)) return notified(state, heldNotice, 'warning');
  const wanted = wantedName(dialog);
  if (wanted !== null && typed.text.trim() !== wanted)
    return notified(state, `type ${wanted} first`, 'warning');
  const { always, ...how } = state.settings.backup;
  const backup = dialog.backup && whyNoBackup(dialog) === null;
  if (requiresBackup(plan) && !backup)
    return notified(state, `a database requires a backup: press ${backupKey(dialog)}`, 'warning');
  const options = {
    run: { ...state.settings.run, ...(backup && { backup: how }) },
    interactive: true,
    confirm: wanted === null ? [] : plan.databases,
  };
  const [asked, ticket, effect] = ask(state, { call: 'fleetRun', args: [plan.id, options] });
  const fleet = fleetStarts(ticket, targetsIn(plan.waves), changesOf(plan), state.now);
  const flag = backup === always ? '' : backup ? ' --backup' : ' --no-backup';
  const chosen = (plan.request.choice.only ?? []).map(name => ` --only ${quoteShell(name)}`).join('');
  const commandLine = `migtui fleet ${request.command} ${request.targets.join(' ')}${chosen}${flag} --yes`;
  return [logged({ ...close(asked), fleet }, 'command', commandLine), [effect]];
}

/** While a name is typed, letters go there. */
const backupKey = (dialog: FleetPlanDialog): string => (wantedName(dialog) === null ? 'b' : 'Ctrl-B');

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
  {
    id: 'fleet-backup',
    keys: ['b', 'ctrl+b'],
    where: ['fleet-plan'],
    title: 'backup',
    about: 'back up each target before its run, or not',
    footer: 2,
    disabled: why<FleetPlanDialog>('fleet-plan', (_state, dialog) => whyNoBackup(dialog)),
    run: on<FleetPlanDialog>('fleet-plan', (state, dialog) =>
      only(replaceTop(state, { ...dialog, backup: !dialog.backup })),
    ),
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
    return loaded.is === 'ready' ? `${verb} ${count(targetsIn(loaded.value.waves), 'target')}` : verb;
  },
  tone: ({ loaded }) => (loaded.is === 'ready' && loaded.value.destructive ? 'danger' : undefined),
  width: (_dialog, _state, { columns }) => Math.min(columns - 4, 116),
  body({ loaded }, _state, columns): Line[] {
    if (loaded.is === 'loading') return [line('Planning …', 'dim')];
    if (loaded.is === 'failed') return failureLines(loaded.failure, columns);
    return planLines(loaded.value, columns);
  },
  foot(dialog, state, columns): Line[] {
    if (dialog.loaded.is !== 'ready') return [];
    const wanted = wantedName(dialog);
    if (targetsIn(dialog.loaded.value.waves) === 0) return [[], line('Nothing to run. Enter closes.', 'dim')];
    const backup: Line[] =
      dialog.backup && whyNoBackup(dialog) === null
        ? [
            [
              { text: 'Backups first', style: 'ok' },
              { text: `, one for each target, to ${state.settings.backup.folder}`, style: 'dim' },
            ],
          ]
        : [];
    if (wanted === null) return [[], ...backup, line('Enter runs it, Esc cancels.', 'dim')];
    const why = dialog.loaded.value.destructive ? 'This destroys data.' : 'This is protected.';
    const asking: Line = [{ text: `${why} Type ${wanted}: `, style: 'danger' }];
    return [[], ...backup, ...namePrompt(asking, { why, name: wanted, typed: dialog.typed }, columns)];
  },
  field: dialog => (wantedName(dialog) === null ? null : dialog.typed),
  typed: (dialog, typed, state) => only(replaceTop(state, { ...dialog, typed })),
  answered(dialog, { ticket, outcome }, state) {
    if (dialog.loaded.is !== 'loading' || dialog.loaded.ticket !== ticket) return null;
    const loaded = loadedOf<FleetPlan>(outcome);
    const backup = dialog.backup || (loaded.is === 'ready' && requiresBackup(loaded.value));
    return only(replace(state, dialog, { ...dialog, loaded, backup }));
  },
};
