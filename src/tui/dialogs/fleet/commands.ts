import type { PlanRequest } from '../../../engine/api.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import type { State } from '../../state/model.ts';
import { replaceTop } from '../../state/stack.ts';
import { whyReadOnly } from '../../state/why-not.ts';
import { inDialogs, on, why } from '../commands.ts';
import { cancelFleet } from './cancel.ts';
import { type FleetDialog, orders, rowsOf } from './dialog.ts';
import { openStages } from './stages.ts';

/** The board's actions on its targets. */
export interface BoardActions {
  choose(state: State, dialog: FleetDialog): Change;
  plan(state: State, dialog: FleetDialog, request: PlanRequest, key: string): Change;
}

const whyNoMove = (state: State, dialog: FleetDialog): string | null =>
  rowsOf(dialog).length === 0 ? 'there are no targets' : whyReadOnly(state);

function move(by: number) {
  return on<FleetDialog>('fleet', (state, dialog) => {
    const count = rowsOf(dialog).length;
    const cursor = count === 0 ? 0 : (dialog.cursor + by + count) % count;
    return only(replaceTop(state, { ...dialog, cursor }));
  });
}

const answer =
  (go: boolean) =>
  (state: State): Change => {
    const { fleet } = state;
    if (!fleet?.paused) return only(state);
    const [asked, , effect] = ask(
      { ...state, fleet: { ...fleet, paused: null } },
      { call: 'fleetContinue', args: [go] },
    );
    return [asked, [effect]];
  };

const whyNotPaused = (state: State): string | null => (state.fleet?.paused ? null : 'it is not paused');

/** The keys of the board. */
export const boardCommands = ({ choose, plan }: BoardActions) =>
  inDialogs([
    {
      id: 'fleet-open',
      keys: ['enter'],
      where: ['fleet'],
      title: 'open',
      about: 'open the target under the cursor in the full app',
      footer: 1,
      run: on<FleetDialog>('fleet', choose),
    },
    {
      id: 'fleet-upgrade',
      keys: ['u'],
      where: ['fleet'],
      title: 'upgrade',
      about: 'upgrade the targets that are shown to the heads',
      footer: 2,
      disabled: why<FleetDialog>('fleet', whyNoMove),
      run: on<FleetDialog>('fleet', (state, dialog, key) =>
        plan(state, dialog, { command: 'upgrade', targets: ['heads'] }, key),
      ),
    },
    {
      id: 'fleet-downgrade',
      keys: ['d'],
      where: ['fleet'],
      title: 'downgrade',
      about: 'undo the last revision of the targets that are shown',
      footer: 3,
      danger: true,
      disabled: why<FleetDialog>('fleet', whyNoMove),
      run: on<FleetDialog>('fleet', (state, dialog, key) =>
        plan(state, dialog, { command: 'downgrade', targets: ['-1'] }, key),
      ),
    },
    {
      id: 'fleet-filter',
      keys: ['/'],
      where: ['fleet', 'fleet-run'],
      title: 'filter',
      about: 'show targets by a part of their name, is:behind, tag:eu',
      footer: 4,
      run: on<FleetDialog>('fleet', (state, dialog) => only(replaceTop(state, { ...dialog, typing: true }))),
    },
    {
      id: 'fleet-order',
      keys: ['o'],
      where: ['fleet', 'fleet-run'],
      title: 'order',
      about: 'sort by problems, name or revision',
      footer: 5,
      run: on<FleetDialog>('fleet', (state, dialog) => {
        const order = orders[(orders.indexOf(dialog.order) + 1) % orders.length] as FleetDialog['order'];
        return only(replaceTop(state, { ...dialog, order, cursor: 0, top: 0 }));
      }),
    },
    {
      id: 'fleet-stages',
      keys: ['t'],
      where: ['fleet'],
      title: 'stages',
      about: 'show the contexts of the config side by side',
      footer: 7,
      run: openStages,
    },
    {
      id: 'fleet-reload',
      keys: ['r'],
      where: ['fleet'],
      title: 'reload',
      about: 'refresh the status of all databases',
      footer: 6,
      run: on<FleetDialog>('fleet', (state, dialog) => {
        const [asked, ticket, effect] = ask(state, { call: 'fleetStatus', args: [{}] });
        return [replaceTop(asked, { ...dialog, loaded: { is: 'loading', ticket } }), [effect]];
      }),
    },
    {
      id: 'fleet-cancel',
      keys: ['c', 'ctrl+c'],
      where: ['fleet-run'],
      title: 'stop',
      about: 'finish the targets in progress and start no others; again: cancel them',
      footer: 1,
      run: on<FleetDialog>('fleet', cancelFleet),
    },
    {
      id: 'fleet-go-on',
      keys: ['y'],
      where: ['fleet-run'],
      title: 'continue',
      about: 'continue after a pause',
      footer: 2,
      hidden: state => !state.fleet?.paused,
      disabled: whyNotPaused,
      run: on<FleetDialog>('fleet', answer(true)),
    },
    {
      id: 'fleet-end',
      keys: ['n'],
      where: ['fleet-run'],
      title: 'end',
      about: 'end the run at a pause',
      footer: 3,
      hidden: state => !state.fleet?.paused,
      disabled: whyNotPaused,
      run: on<FleetDialog>('fleet', answer(false)),
    },
    {
      id: 'fleet-next',
      keys: ['j'],
      where: ['fleet', 'fleet-run'],
      title: 'next',
      about: 'the next target',
      run: move(1),
    },
    {
      id: 'fleet-previous',
      keys: ['k'],
      where: ['fleet', 'fleet-run'],
      title: 'previous',
      about: 'the previous target',
      run: move(-1),
    },
  ]);
