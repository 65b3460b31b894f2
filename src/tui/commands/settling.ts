import type { PlanRequest, Unsettled } from '../../engine/api.ts';
import { menu } from '../dialogs/menu.ts';
import { openPlan } from '../dialogs/plan/plan.ts';
import type { Command } from '../keymap/command.ts';
import { here } from '../state/command-line.ts';
import { ask, type Change, only } from '../state/effect.ts';
import { logged } from '../state/log.ts';
import type { State } from '../state/model.ts';
import { nameOf } from '../state/select.ts';
import { notified, open } from '../state/stack.ts';
import { whyNoRun } from '../state/why-not.ts';

/** What is to be settled first. The run that has just ended knows it before the look after it does. */
function unsettledIn({ look, looking, run }: State): Unsettled | undefined {
  return look?.unsettled[0] ?? (looking === null ? undefined : run?.result?.unsettled[0]);
}

function settleMenu(state: State, key: string): Change {
  const open1 = unsettledIn(state);
  if (!open1) return notified(state, 'nothing is unsettled');
  const targets = [open1.revision];
  const down: PlanRequest = { command: 'downgrade', targets, halfWay: true };
  const up: PlanRequest = { command: 'upgrade', targets };
  const plan =
    (request: PlanRequest) =>
    (next: State): Change =>
      openPlan(next, request, 'enter');
  const settle =
    (as: 'applied' | 'not-applied') =>
    (next: State): Change => {
      const [asked, , effect] = ask(next, { call: 'settle', args: [open1.revision, as] });
      return [logged(asked, 'command', here(next, `migtui settle ${open1.revision} --${as}`)), [effect]];
    };
  return only(
    open(
      state,
      menu({
        title: 'Settle',
        tone: 'warning',
        openedBy: key,
        text: `${nameOf(state, open1.revision)} began (${open1.action}) and ${open1.error ? `failed: ${open1.error.replace(/\.?$/, '.')}` : 'never ended.'}${open1.invalidIndexes.length > 0 ? ` Left invalid: ${open1.invalidIndexes.join(', ')}.` : ''} Which is true of the schema?`,
        items: [
          { key: 'l', label: 'Leave it', about: 'find out first', choose: only },
          {
            key: 'r',
            label: 'Run it again',
            about: open1.action === 'up' ? 'its up(), from the beginning' : 'its down(), from the beginning',
            choose: plan(open1.action === 'up' ? up : down),
          },
          ...(open1.action === 'up'
            ? [{ key: 'd', label: 'Run its down', about: 'takes back what it left', choose: plan(down) }]
            : []),
          { key: 'a', label: 'It is applied', about: 'its row is logged', choose: settle('applied') },
          {
            key: 'n',
            label: 'It is not applied',
            about: 'it can be tried again',
            choose: settle('not-applied'),
          },
        ],
      }),
    ),
  );
}

/** Saying how a revision stands that stopped half-way. */
export const settlingCommands: readonly Command[] = [
  {
    id: 'settle',
    keys: ['x'],
    where: ['panes', 'outcome'],
    title: 'settle',
    about: 'say what became of a revision that never ended',
    group: 'Change the database',
    footer: 4,
    danger: true,
    disabled: state => whyNoRun(state) ?? (unsettledIn(state) ? null : 'nothing is unsettled'),
    run: settleMenu,
  },
];
