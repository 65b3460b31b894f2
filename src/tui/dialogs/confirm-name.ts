import type { Change } from '../state/effect.ts';
import { only } from '../state/effect.ts';
import type { State } from '../state/model.ts';
import { open } from '../state/stack.ts';
import { prompt } from './prompt.ts';

/**
 * For a change without a plan: first asks for the name of a protected database.
 * @param title the action
 * @param change performs it, with the name if one was required
 */
export function withName(
  state: State,
  title: string,
  openedBy: string,
  change: (state: State, confirm: string | undefined) => Change,
): Change {
  const { overview } = state;
  const rule = overview?.project.policy.find(({ rule }) => rule === 'confirm');
  if (!overview || !rule) return change(state, undefined);
  const { name } = overview.database;
  const why = rule.reason === null ? '' : ` ${rule.reason}`;
  return only(
    open(
      state,
      prompt({
        title,
        tone: 'danger',
        label: `Type ${name}`,
        text: '',
        wanted: name,
        about: `This database is protected (${rule.setBy}).${why} Enter confirms, Esc cancels.`,
        openedBy,
        accept: change,
      }),
    ),
  );
}
