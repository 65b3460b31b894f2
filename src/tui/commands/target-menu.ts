import type { PlanRequest } from '../../engine/api.ts';
import { type MenuItem, menu } from '../dialogs/menu.ts';
import { openPlan } from '../dialogs/plan/plan.ts';
import { targetDialog } from '../dialogs/target/dialog.ts';
import { type Change, only } from '../state/effect.ts';
import type { State } from '../state/model.ts';
import { isRevisionPane } from '../state/moving.ts';
import { nameOf, selectedRow } from '../state/select.ts';
import { open } from '../state/stack.ts';
import { whyUnknown } from '../state/why-not.ts';

/** The actions that change a database. */
export type Verb = PlanRequest['command'];

/** The selected revision, if it is a valid target. */
export function targetHere(state: State, verb: Verb): string | null {
  const row = isRevisionPane(state.focus) ? selectedRow(state) : null;
  if (!row) return null;
  if (verb === 'upgrade') return row.state === 'pending' ? row.id : null;
  if (verb === 'stamp') return row.state === 'missing' ? null : row.id;
  return row.state === 'applied' && !state.overview?.current.includes(row.id) ? row.id : null;
}

const titles: Readonly<Record<Verb, string>> = { upgrade: 'Upgrade', downgrade: 'Downgrade', stamp: 'Stamp' };

/** Target menu: the selected revision, the heads, one step, base, or typed text. */
export function targetMenu(state: State, verb: Verb, key: string): Change {
  const plan =
    (target: string) =>
    (next: State): Change =>
      openPlan(next, { command: verb, targets: [target] }, 'enter');
  const here = targetHere(state, verb);
  const heads = state.overview?.heads ?? [];
  const unknown = whyUnknown(state);
  const none =
    verb === 'upgrade' && (state.overview?.pending.length ?? 0) === 0
      ? (unknown ?? 'no pending revisions')
      : null;
  const noneApplied = (state.overview?.applied ?? 0) === 0 ? (unknown ?? 'nothing is applied') : null;
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
          disabled: none ?? (heads.length === 0 ? 'no revisions yet' : null),
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
    { key: 'n', label: '+1', about: 'next revision', disabled: none, choose: plan('+1') },
  ];
  const down: MenuItem[] = [
    {
      key: 'n',
      label: '-1',
      about: 'undo the current revision',
      disabled: noneApplied,
      choose: plan('-1'),
    },
    {
      key: 'b',
      label: 'base',
      about: 'undo everything',
      danger: true,
      disabled: noneApplied,
      choose: plan('base'),
    },
  ];
  const stamp: MenuItem[] = [
    {
      key: 'h',
      label: heads.length === 1 ? 'head' : 'heads',
      about: 'mark everything as applied',
      choose: plan(heads.length === 1 ? 'head' : 'heads'),
    },
    { key: 'b', label: 'base', about: 'mark everything as not applied', choose: plan('base') },
  ];
  const items: MenuItem[] = [
    ...(here === null
      ? []
      : [{ key: 'c', label: 'this revision', about: nameOf(state, here), choose: plan(here) }]),
    ...(verb === 'upgrade' ? up : verb === 'downgrade' ? down : stamp),
    {
      key: 't',
      label: 'target …',
      about: 'type a target',
      choose: next => only(open(next, targetDialog(verb, 't'))),
    },
  ];
  return only(open(state, menu({ title: `${titles[verb]} to`, items, openedBy: key })));
}
