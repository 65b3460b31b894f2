import { openPlan } from '../dialogs/plan/plan.ts';
import { runDialog } from '../dialogs/run/dialog.ts';
import type { Command } from '../keymap/command.ts';
import { only } from '../state/effect.ts';
import { open } from '../state/stack.ts';
import { whyNoRun } from '../state/why-not.ts';
import { targetHere, targetMenu, type Verb } from './target-menu.ts';

const about: Readonly<Record<Verb, string>> = {
  upgrade: 'upgrade to the revision under the cursor, or to a target you choose',
  downgrade: 'downgrade to the revision under the cursor, or to a target you choose',
  stamp: 'stamp a revision: mark it as applied without running it',
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
    about: `${verb} to a target you choose`,
    group: 'Change the database',
    danger: verb !== 'upgrade',
    disabled: whyNoRun,
    run: (state, pressed) => targetMenu(state, verb, pressed),
  },
];

/** The journal has the runs and what undo reverted. */
const repeated = (kind: 'undo' | 'redo', key: string, about: string): Command => ({
  id: kind,
  keys: [key],
  where: ['panes'],
  title: kind,
  about,
  group: 'Change the database',
  danger: true,
  disabled: state =>
    whyNoRun(state) ??
    (state.overview?.journal.state === 'off'
      ? `the journal is off: past runs are unknown. ${state.overview.journal.hint ?? ''}`.trim()
      : null),
  run: (state, pressed) => openPlan(state, { command: 'upgrade', targets: [], past: { kind } }, pressed),
});

/** Upgrade, downgrade, stamp, and their runs. */
export const changingCommands: readonly Command[] = [
  ...planned('upgrade', 'u', 'U', 1),
  ...planned('downgrade', 'd', 'D', 2),
  ...planned('stamp', 's', '', 3),
  repeated('undo', '<', 'undo the last run: shows its steps in reverse, then runs them'),
  repeated('redo', '>', 'redo the run that the last undo reverted'),
  {
    id: 'show-run',
    keys: ['R'],
    where: ['panes'],
    title: 'run',
    about: 'show the current or the last run',
    group: 'Look',
    footer: 5,
    disabled: state => (state.run ? null : 'no run yet'),
    run: (state, key) => only(open(state, runDialog(key))),
  },
];
