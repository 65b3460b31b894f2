import { edit, insert } from '../../drawing/text/field.ts';
import { quit } from '../commands/app.ts';
import { pasteFinding, typeFinding } from '../dialogs/finding.ts';
import { revealSelected } from '../dialogs/scrolling.ts';
import { loadDetail } from '../panes/detail/loading.ts';
import { loadColumns } from '../panes/history/columns.ts';
import { pasteSearch, typeSearch } from '../panes/search.ts';
import { answered } from '../state/answers.ts';
import { andThen, type Change, only } from '../state/effect.ts';
import { calm, happened } from '../state/events.ts';
import { layoutOf } from '../state/layout.ts';
import { connected, lost, reconnect, restarted } from '../state/link.ts';
import { refreshOverview, wantDetail } from '../state/loading.ts';
import { logged } from '../state/log.ts';
import type { Answer, Message } from '../state/message.ts';
import type { State } from '../state/model.ts';
import { clampAll } from '../state/moving.ts';
import { anyRuns } from '../state/select.ts';
import { close, notified, notify, topDialog } from '../state/stack.ts';
import { commandFor } from './lookup.ts';
import { pointed } from './mouse.ts';
import { typeOf } from './registry.ts';

/** The state after a message, and the resulting effects. Pure. */
export function update(before: State, message: Message): Change {
  const state = tick(before, message.now);
  const [applied, effects] = apply(state, message);
  const next = withoutInvalid(applied);
  // Only the time has changed: not worth a frame, unless the message itself is a tick.
  const same = next === state && state.notice === before.notice && message.type !== 'tick';
  return [same ? before : next, effects];
}

function apply(state: State, message: Message): Change {
  switch (message.type) {
    case 'start':
    case 'tick':
      return only(state);
    case 'key': {
      const [next, effects] = isHidden(state)
        ? pressedHidden(state, message.key)
        : (interrupted(state, message.key) ?? pressed(state, message.key));
      return [{ ...next, previousKey: { key: message.key, at: message.now } }, effects];
    }
    case 'paste':
      return isHidden(state) ? only(state) : pasted(state, message.text);
    case 'mouse':
      return isHidden(state) ? only(state) : pointed(state, message, pressed);
    case 'resized':
      return wantDetail(clampAll({ ...state, size: { columns: message.columns, rows: message.rows } }));
    case 'answered':
      return answeredAnywhere({ ...state, waiting: null }, message);
    case 'events':
      return happened(state, message.events);
    case 'connected':
      return connected(state);
    case 'lost':
      return lost(state, message.exit);
    case 'restarted':
      return restarted(state, message.failure);
    case 'later':
      return waited(state, message.topic, message.token);
    case 'edited':
      return edited(state, message.file, message.failure);
    case 'background':
      return only(
        state.settings.theme === 'auto' && state.appearance.theme !== 'none'
          ? { ...state, appearance: { ...state.appearance, theme: message.theme } }
          : state,
      );
  }
}

function tick(state: State, now: number): State {
  const notice = state.notice && state.notice.until <= now ? null : state.notice;
  const waiting = state.waiting && state.waiting.until <= now ? null : state.waiting;
  const same = now === state.now && notice === state.notice && waiting === state.waiting;
  return same ? state : { ...state, now, notice, waiting };
}

/** A result from the engine: for the dialog that waits for it, or for the panes. */
function answeredAnywhere(state: State, answer: Answer): Change {
  for (const dialog of state.dialogs) {
    const change = typeOf(dialog).answered?.(dialog, answer, state);
    if (change) return andThen(change, next => only({ ...next, task: null, planStart: null }));
  }
  return answered(state, answer);
}

/** Closes dialogs that no longer apply. */
function withoutInvalid(state: State): State {
  const dialogs = state.dialogs.filter(dialog => typeOf(dialog).isValid?.(dialog, state) ?? true);
  return dialogs.length === state.dialogs.length ? state : { ...state, dialogs };
}

/** The terminal is too small to show anything. */
const isHidden = (state: State): boolean => layoutOf(state).tooSmall;

/** Nothing starts or changes that the user cannot see. */
function pressedHidden(state: State, key: string): Change {
  if (['ctrl+c', 'ctrl+l', 'ctrl+z'].includes(key)) return pressed(state, key);
  return key === 'q' && !anyRuns(state) ? quit(state) : only(state);
}

/**
 * Ctrl-C leaves what is open, like Esc: it quits only from the panes, so that nothing typed or answered is lost. Null if
 * nothing is open, or a run is in progress: that is cancelled first.
 */
function interrupted(state: State, key: string): Change | null {
  const isOpen = state.dialogs.length > 0 || state.search?.typing === true;
  if (!isOpen || anyRuns(state) || commandFor(state, key)?.id !== 'interrupt') return null;
  const change = pressed(state, 'esc');
  const [next] = change;
  return next.dialogs === state.dialogs && next.search === state.search ? only(close(state)) : change;
}

/** A key goes to the text field, otherwise to its command in the current state. */
function pressed(state: State, key: string): Change {
  if (state.search?.typing && state.dialogs.length === 0 && key !== 'ctrl+c') return typeSearch(state, key);
  const dialog = topDialog(state);
  if (dialog?.finding?.typing && key !== 'ctrl+c') return typeFinding(state, key, typeOf);
  if (dialog) {
    const type = typeOf(dialog);
    const field = type.field?.(dialog, state);
    const changed = field ? edit(field, key) : null;
    if (changed && type.typed) return type.typed(dialog, changed, state);
    const own = type.pressed?.(dialog, key, state) ?? null;
    if (own) return own;
  }
  const command = commandFor(state, key);
  if (!command) return only(state);
  const why = command.disabled?.(state) ?? null;
  return why === null
    ? revealed(state, command.run({ ...state, notice: null }, key))
    : notified(state, why, 'warning');
}

/** Scrolls a dialog whose cursor has moved, so that the cursor is visible. */
function revealed(before: State, [state, effects]: Change): Change {
  const was = topDialog(before);
  const is = topDialog(state);
  const moved = is && was?.kind === is.kind && was.cursor !== is.cursor;
  return [moved ? revealSelected(state, typeOf(is)) : state, effects];
}

/** Pasted text never acts as keys. */
function pasted(state: State, text: string): Change {
  const dialog = topDialog(state);
  if (!dialog) return state.search?.typing ? pasteSearch(state, text) : only(state);
  if (dialog.finding?.typing) return pasteFinding(state, text, typeOf);
  const type = typeOf(dialog);
  const field = type.field?.(dialog, state);
  return field && type.typed ? type.typed(dialog, insert(field, text), state) : only(state);
}

function waited(state: State, topic: Extract<Message, { type: 'later' }>['topic'], token: number): Change {
  switch (topic) {
    case 'detail':
      return token === state.detailToken ? andThen(loadDetail(state), loadColumns) : only(state);
    case 'refresh':
      // A status request in progress may have started before the change.
      return state.overviewTicket === null
        ? refreshOverview(state)
        : [state, [{ type: 'later', ms: calm, topic, token }]];
    case 'reconnect':
      return reconnect(state, token);
    case 'preview': {
      for (const dialog of state.dialogs) {
        const type = typeOf(dialog);
        if (type.later && dialog.token === token) return type.later(dialog, token, state);
      }
      return only(state);
    }
  }
}

/** The editor has closed, so the file may have changed. */
function edited(state: State, file: string, failure: string | null): Change {
  if (failure !== null) return only(logged(notify(state, failure, 'error'), 'error', failure));
  return refreshOverview({
    ...logged(state, 'info', `edited ${file}`),
    details: new Map(),
    effects: new Map(),
    lints: new Map(),
  });
}
