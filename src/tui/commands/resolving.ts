import type { InterruptedRevision, PlanRequest, Resolution } from '../../engine/api.ts';
import { quoteShell } from '../../foundation/shell.ts';
import { withName } from '../dialogs/confirm-name.ts';
import { menu } from '../dialogs/menu.ts';
import { openPlan } from '../dialogs/plan/plan.ts';
import type { Command } from '../keymap/command.ts';
import { here } from '../state/command-line.ts';
import { ask, type Change, only } from '../state/effect.ts';
import { logged } from '../state/log.ts';
import type { State } from '../state/model.ts';
import { nameOf, selectedRow } from '../state/select.ts';
import { notified, open } from '../state/stack.ts';
import { whyNoRun } from '../state/why-not.ts';

/** The revision to resolve first. The run that has just ended knows it before the next status. */
function interruptedIn({ overview, overviewTicket, run }: State): InterruptedRevision | undefined {
  return overview?.unsettled[0] ?? (overviewTicket === null ? undefined : run?.result?.unsettled[0]);
}

/** An applied revision whose file was edited: the selected one, or the only one. */
function editedIn(state: State): string | undefined {
  const edited = state.overview?.edited ?? [];
  const row = selectedRow(state);
  return row && edited.includes(row.id) ? row.id : edited.length === 1 ? edited[0] : undefined;
}

/** Asks for the database's name where it is protected, and settles. */
function recordResolution(state: State, title: string, revision: string, as: Resolution): Change {
  return withName(state, title, 'enter', (next, confirm) => {
    const [asked, , effect] = ask(next, {
      call: 'resolveRevision',
      args: confirm === undefined ? [revision, as] : [revision, as, confirm],
    });
    const given = confirm === undefined ? '' : ` --confirm ${quoteShell(confirm)}`;
    const command = here(next, `migtui resolve ${revision} --${as}${given}`);
    return [logged(asked, 'command', command), [effect]];
  });
}

function acceptMenu(state: State, revision: string, key: string): Change {
  return only(
    open(
      state,
      menu({
        title: 'Edited after it was applied',
        tone: 'warning',
        openedBy: key,
        text: `The file of ${nameOf(state, revision)} has changed since it was applied. Is the current version correct?`,
        items: [
          { key: 'l', label: 'Cancel', about: 'undo the edit, or write a new revision', choose: only },
          {
            key: 'a',
            label: 'Accept the edit',
            about: 'record the file as it is now',
            choose: next => recordResolution(next, 'Accept the edit', revision, 'accept-edit'),
          },
        ],
      }),
    ),
  );
}

function resolveMenu(state: State, key: string): Change {
  const open1 = interruptedIn(state);
  if (!open1) {
    const edited = editedIn(state);
    return edited ? acceptMenu(state, edited, key) : notified(state, 'no interrupted revision');
  }
  const targets = [open1.revision];
  const down: PlanRequest = { command: 'downgrade', targets, halfWay: true };
  const up: PlanRequest = { command: 'upgrade', targets };
  const plan =
    (request: PlanRequest) =>
    (next: State): Change =>
      openPlan(next, request, 'enter');
  return only(
    open(
      state,
      menu({
        title: 'Resolve an interrupted revision',
        tone: 'warning',
        openedBy: key,
        text: describe(open1, nameOf(state, open1.revision)),
        items: [
          { key: 'l', label: 'Cancel', about: 'check the schema first', choose: only },
          {
            key: 'r',
            label: 'Run it again',
            about: open1.action === 'up' ? 'up(), from the start' : 'down(), from the start',
            choose: plan(open1.action === 'up' ? up : down),
          },
          ...(open1.action === 'up'
            ? [{ key: 'd', label: 'Run its down()', about: 'remove partial changes', choose: plan(down) }]
            : []),
          {
            key: 'a',
            label: 'Mark as applied',
            about: 'record it in the migrations table',
            choose: next => recordResolution(next, 'Mark as applied', open1.revision, 'applied'),
          },
          {
            key: 'n',
            label: 'Mark as not applied',
            about: 'it can run again',
            choose: next => recordResolution(next, 'Mark as not applied', open1.revision, 'not-applied'),
          },
        ],
      }),
    ),
  );
}

function describe({ action, error, invalidIndexes }: InterruptedRevision, name: string): string {
  const how = error
    ? `${name} failed (${action}) outside a transaction: ${error.replace(/\.?$/, '.')}`
    : `${name} was interrupted (${action}) and did not finish.`;
  const left = invalidIndexes.length > 0 ? ` Invalid indexes: ${invalidIndexes.join(', ')}.` : '';
  return `${how}${left} What is the state of the schema?`;
}

/** Resolving an interrupted revision. */
export const resolvingCommands: readonly Command[] = [
  {
    id: 'settle',
    keys: ['x'],
    where: ['panes', 'outcome'],
    title: 'resolve',
    about: 'resolve an interrupted revision, or accept an edited file',
    group: 'Change the database',
    footer: 4,
    danger: true,
    disabled: state =>
      whyNoRun(state) ??
      (interruptedIn(state) || editedIn(state) ? null : 'no interrupted or edited revision'),
    run: resolveMenu,
  },
];
