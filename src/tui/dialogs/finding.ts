import { edit, emptyField, insert, type TextField } from '../../drawing/text/field.ts';
import { textOf } from '../../drawing/text/span.ts';
import { type Change, only } from '../state/effect.ts';
import type { Dialog, Finding, State } from '../state/model.ts';
import { replaceTop, topDialog } from '../state/stack.ts';
import type { TypeOf } from './dialog.ts';
import { placeDialog } from './place.ts';
import { scrollDialogTo } from './scrolling.ts';

/** Minimum number of visible lines above a hit. */
const above = 2;

export const beginFinding = (state: State): Change =>
  setFinding(state, { field: emptyField, typing: true, line: null });

export const endFinding = (state: State): Change => setFinding(state, null);

function setFinding(state: State, finding: Finding | null): Change {
  const dialog = topDialog(state);
  return only(dialog ? replaceTop(state, { ...dialog, finding }) : state);
}

/** A key while the search text is typed. */
export function typeFinding(state: State, key: string, typeOf: TypeOf): Change {
  const finding = topDialog(state)?.finding;
  if (!finding) return only(state);
  if (key === 'esc') return endFinding(state);
  if (key === 'enter')
    return finding.field.text === '' ? endFinding(state) : setFinding(state, { ...finding, typing: false });
  if (key === 'down' || key === 'up') return nextFound(state, key === 'down' ? 1 : -1, typeOf);
  const field = edit(finding.field, key);
  return field ? findFrom(state, { ...finding, field }, typeOf) : only(state);
}

export function pasteFinding(state: State, text: string, typeOf: TypeOf): Change {
  const finding = topDialog(state)?.finding;
  return finding ? findFrom(state, { ...finding, field: insert(finding.field, text) }, typeOf) : only(state);
}

/** Jumps to the first hit at or below the top visible line. */
function findFrom(state: State, finding: Finding, typeOf: TypeOf): Change {
  const dialog = topDialog(state);
  if (!dialog) return only(state);
  const { top } = placeDialog(state, dialog, typeOf(dialog));
  const hits = hitsIn(state, dialog, finding.field, typeOf);
  return goTo(state, finding, hits.find(line => line >= top) ?? hits[0] ?? null, typeOf);
}

/** The next or previous hit, wrapping around. */
export function nextFound(state: State, by: 1 | -1, typeOf: TypeOf): Change {
  const dialog = topDialog(state);
  if (!dialog?.finding) return only(state);
  const { finding } = dialog;
  const hits = hitsIn(state, dialog, finding.field, typeOf);
  const at = hits.indexOf(finding.line ?? -1);
  const next = at < 0 ? 0 : (at + by + hits.length) % hits.length;
  return goTo(state, finding, hits[next] ?? null, typeOf);
}

function goTo(state: State, finding: Finding, line: number | null, typeOf: TypeOf): Change {
  const [next] = setFinding(state, { ...finding, line });
  return line === null ? only(next) : scrollDialogTo(next, line - above, typeOf);
}

/** Lines of a dialog's body that contain a text; none for an empty one. */
function hitsIn(state: State, dialog: Dialog, { text }: TextField, typeOf: TypeOf): readonly number[] {
  if (text === '') return [];
  const wanted = text.toLowerCase();
  return placeDialog(state, dialog, typeOf(dialog)).body.flatMap((line, at) =>
    textOf(line).toLowerCase().includes(wanted) ? [at] : [],
  );
}

/** Number of hits, and the current one (1-based, 0 for none). */
export function foundIn(
  state: State,
  dialog: Dialog,
  typeOf: TypeOf,
): { readonly count: number; readonly at: number } {
  if (!dialog.finding) return { count: 0, at: 0 };
  const hits = hitsIn(state, dialog, dialog.finding.field, typeOf);
  return { count: hits.length, at: hits.indexOf(dialog.finding.line ?? -1) + 1 };
}
