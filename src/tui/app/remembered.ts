import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { replaceFile } from '../../foundation/replace-file.ts';
import { stateFolder } from '../../foundation/state-folder.ts';
import { cursorId } from '../state/filtering.ts';
import { panes, type State } from '../state/model.ts';
import { isRevisionPane } from '../state/moving.ts';

/*
 * How a user left the screen of a project, to restore it later. A convenience: read and write errors are
 * ignored.
 */

const schema = v.object({
  focus: v.picklist(panes),
  zoomed: v.boolean(),
  tab: v.string(),
  filter: v.string(),
  absoluteTimes: v.boolean(),
  originalSql: v.boolean(),
  /** The selected revision in the history. */
  revision: v.nullable(v.string()),
});

export type Remembered = v.InferOutput<typeof schema>;

type Environment = Readonly<Record<string, string | undefined>>;

/** The file of a project in the state folder. */
export function rememberedFile(root: string, env: Environment): string {
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return join(stateFolder(env), `${basename(root).replace(/[^\w.-]+/g, '_')}-${id}.json`);
}

/** Null: nothing usable. */
export function readRemembered(file: string): Remembered | null {
  try {
    const { success, output } = v.safeParse(schema, JSON.parse(readFileSync(file, 'utf8')));
    return success ? output : null;
  } catch {
    return null;
  }
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
