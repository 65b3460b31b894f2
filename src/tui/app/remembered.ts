import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { replaceFile } from '../../foundation/replace-file.ts';
import { shortHash } from '../../foundation/short-hash.ts';
import { stateFolder } from '../../foundation/state-folder.ts';
import { cursorId } from '../state/filtering.ts';
import { panes, type State } from '../state/model.ts';
import { isRevisionPane } from '../state/moving.ts';

/*
 * How a user left the screen of a project, to restore it later. A convenience: read and write errors are
 * ignored.
 */

/** Of the state, and the selected revision in the history. */
export type Remembered = Pick<
  State,
  'focus' | 'zoomed' | 'tab' | 'filter' | 'absoluteTimes' | 'originalSql'
> & { readonly revision: string | null };

type Environment = Readonly<Record<string, string | undefined>>;

/** The file of a project in the state folder. */
export function rememberedFile(root: string, env: Environment): string {
  const id = shortHash(root);
  return join(stateFolder(env), `${basename(root).replace(/[^\w.-]+/g, '_')}-${id}.json`);
}

/** Null: nothing usable. */
export function readRemembered(file: string): Remembered | null {
  try {
    const remembered: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRemembered(remembered) ? remembered : null;
  } catch {
    return null;
  }
}

/** Without a library: it would be loaded before the first frame. */
function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== 'object' || value === null) return false;
  const { focus, zoomed, tab, filter, absoluteTimes, originalSql, revision } = value as Remembered;
  return (
    panes.includes(focus) &&
    [zoomed, absoluteTimes, originalSql].every(one => typeof one === 'boolean') &&
    [tab, filter].every(one => typeof one === 'string') &&
    (revision === null || typeof revision === 'string')
  );
}

export function writeRemembered(file: string, state: State): void {
  // A project that never opened has nothing to store.
  if (!state.known) return;
  const { focus, zoomed, tab, filter, absoluteTimes, originalSql } = state;
  const remembered: Remembered = {
    focus,
    zoomed,
    tab,
    filter,
    absoluteTimes,
    originalSql,
    revision: cursorId(state),
  };
  replaceFile(file, `${JSON.stringify(remembered, null, 2)}\n`);
}

/** The initial state of an app, restored. */
export function restored(state: State, remembered: Remembered | null): State {
  if (!remembered) return state;
  const { revision, ...rest } = remembered;
  const list = isRevisionPane(rest.focus) ? rest.focus : state.list;
  return { ...state, ...rest, list, goTo: revision };
}
