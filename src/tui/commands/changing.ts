import type { PlanRequest, Unsettled } from '../../engine/api.ts';
import { type MenuItem, menu } from '../dialogs/menu.ts';
import { openPlan } from '../dialogs/plan.ts';
import { whyReadOnly } from '../dialogs/plan-rules.ts';
import { runDialog } from '../dialogs/run.ts';
import { notified, open } from '../dialogs/stack.ts';
import { targetDialog } from '../dialogs/target.ts';
import { ask, type Change, only } from '../state/effect.ts';
import { logged } from '../state/log.ts';
import type { State } from '../state/model.ts';
import { isRevisionPane } from '../state/moving.ts';
import { nameOf, selectedRow } from '../state/select.ts';
import type { Command } from './command.ts';
import { here as inPlace } from './headless.ts';

type Verb = PlanRequest['command'];

/** Why nothing can be planned at all. */
export function whyNoPlan(state: State): string | null {
  if (state.link.is === 'lost') return 'the engine has ended: r starts it again';
  if (!state.look) return 'the project is not open yet';
  if (state.look.problems.length > 0)
    return 'the revisions on disk have problems: nothing runs before they are solved';
  const { database } = state.look;
  // one that is missing is made by the first run, and the plan says so
  if (database.state !== 'connected' && database.state !== 'missing')
    return `the database is ${database.state}`;
  if (state.run && state.run.endedAt === null) return 'a run is under way (R shows it)';
  return null;
}

const whyNoRun = (state: State): string | null => whyNoPlan(state) ?? whyReadOnly(state);

/** The revision under the cursor, where it is a sensible target. */
function targetHere(state: State, verb: Verb): string | null {
  const row = isRevisionPane(state.focus) ? selectedRow(state) : null;
  if (!row) return null;
  if (verb === 'upgrade') return row.state === 'pending' ? row.id : null;
  if (verb === 'stamp') return row.state === 'missing' ? null : row.id;
  return row.state === 'applied' && !state.look?.current.includes(row.id) ? row.id : null;
}

const titles: Readonly<Record<Verb, string>> = { upgrade: 'Upgrade', downgrade: 'Downgrade', stamp: 'Stamp' };

function targetMenu(state: State, verb: Verb, key: string): Change {
  const plan =
    (target: string) =>
    (next: State): Change =>
      openPlan(next, { command: verb, targets: [target] }, 'enter');
  const here = targetHere(state, verb);
  const heads = state.look?.heads ?? [];
  const none = verb === 'upgrade' && (state.look?.pending.length ?? 0) === 0 ? 'nothing is pending' : null;
  const noneApplied = (state.look?.applied ?? 0) === 0 ? 'nothing is applied' : null;
  const up: MenuItem[] = [
    heads.length === 1
      ? {
          key: 'h',
          label: 'head',
          about: nameOf(state, heads[0] as string),
          disabled: none,
          choose: plan('head'),
        }
      : {
          key: 'h',
          label: 'heads',
          about: `all ${heads.length} heads`,
          disabled: none ?? (heads.length === 0 ? 'there is no revision yet' : null),
          choose: plan('heads'),
        },
    ...(heads.length > 1
      ? heads.slice(0, 9).map(
          (id, index): MenuItem => ({
            key: String(index + 1),
            label: nameOf(state, id),
            about: 'a head',
            choose: plan(id),
          }),
        )
      : []),
    { key: 'n', label: 'by one', about: 'the next revision', disabled: none, choose: plan('+1') },
  ];
  const down: MenuItem[] = [
    {
      key: 'n',
      label: 'by one',
      about: 'takes back the current revision',
      disabled: noneApplied,
      choose: plan('-1'),
    },
    {
      key: 'b',
      label: 'base',
      about: 'takes back everything',
      danger: true,
      disabled: noneApplied,
      choose: plan('base'),
    },
  ];
  const stamp: MenuItem[] = [
    {
      key: 'h',
      label: heads.length === 1 ? 'head' : 'heads',
      about: 'as if everything had run',
      choose: plan(heads.length === 1 ? 'head' : 'heads'),
    },
    { key: 'b', label: 'base', about: 'as if nothing had run', choose: plan('base') },
  ];
  const items: MenuItem[] = [
    ...(here === null ? [] : [{ key: 'c', label: 'here', about: nameOf(state, here), choose: plan(here) }]),
    ...(verb === 'upgrade' ? up : verb === 'downgrade' ? down : stamp),
    {
      key: 't',
      label: 'target …',
      about: 'type where to',
      choose: next => only(open(next, targetDialog(verb, 't'))),
    },
  ];
  return only(open(state, menu({ title: `${titles[verb]} to`, items, openedBy: key })));
}

const about: Readonly<Record<Verb, string>> = {
  upgrade: 'to the revision under the cursor, or choose where to',
  downgrade: 'back to the revision under the cursor, or choose where to',
  stamp: 'only the rows: say what is applied without running it',
};

const planned = (verb: Verb, key: string, menuKey: string, footer: number): readonly Command[] => [
  {
    id: verb,
    keys: [key],
    where: ['panes'],
    title: verb,
    about: about[verb],
    group: 'Change the database',
    footer,
    danger: verb !== 'upgrade',
    disabled: whyNoRun,
    run(state, pressed) {
      const here = verb === 'stamp' ? null : targetHere(state, verb);
      return here === null
        ? targetMenu(state, verb, pressed)
        : openPlan(state, { command: verb, targets: [here] }, pressed);
    },
  },
  {
    id: `${verb}-to`,
    keys: menuKey === '' ? [] : [menuKey],
    where: ['panes'],
    title: `${verb} to …`,
    about: `${verb}, choosing where to`,
    group: 'Change the database',
    danger: verb !== 'upgrade',
    disabled: whyNoRun,
    run: (state, pressed) => targetMenu(state, verb, pressed),
  },
];

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
      return [logged(asked, 'command', inPlace(next, `migtui settle ${open1.revision} --${as}`)), [effect]];
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

export const changingCommands: readonly Command[] = [
  ...planned('upgrade', 'u', 'U', 1),
  ...planned('downgrade', 'd', 'D', 2),
  ...planned('stamp', 's', '', 3),
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
  {
    id: 'show-run',
    keys: ['R'],
    where: ['panes'],
    title: 'the run',
    about: 'show the run that is under way, or the last one',
    group: 'Look',
    footer: 5,
    disabled: state => (state.run ? null : 'nothing has been run yet'),
    run: (state, key) => only(open(state, runDialog(key))),
  },
];
