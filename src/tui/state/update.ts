import { edit, insert } from '../../drawing/text/field.ts';
import { commandFor } from '../commands/lookup.ts';
import { choose } from '../dialogs/menu.ts';
import { partOf } from '../dialogs/parts.ts';
import { notified, notify, topDialog } from '../dialogs/stack.ts';
import { answered } from './answers.ts';
import { type Change, only } from './effect.ts';
import { calm, happened } from './events.ts';
import { connected, lost, reconnect, restarted } from './link.ts';
import { loadDetail, lookAgain, wantDetail } from './loading.ts';
import { logged } from './log.ts';
import type { Message } from './message.ts';
import type { State } from './model.ts';
import { pointed } from './mouse.ts';
import { settleAll } from './moving.ts';
import { pasteSearch, typeSearch } from './search.ts';

/** The state after something happened, and what is to be done about it. Pure. */
export function update(before: State, message: Message): Change {
  const state = tick(before, message.now);
  const [next, effects] = apply(state, message);
  // nothing but the time has changed: not worth a frame, unless the time is the message
  const same = next === state && state.notice === before.notice && message.type !== 'tick';
  return [same ? before : next, effects];
}

function apply(state: State, message: Message): Change {
  switch (message.type) {
    case 'start':
    case 'tick':
      return only(state);
    case 'key': {
      const [next, effects] = pressed(state, message.key);
      return [{ ...next, previousKey: { key: message.key, at: message.now } }, effects];
    }
    case 'paste':
      return pasted(state, message.text);
    case 'mouse':
      return pointed(state, message);
    case 'resized':
      return wantDetail(settleAll({ ...state, size: { columns: message.columns, rows: message.rows } }));
    case 'answered':
      return answered(state, message);
    case 'event':
      return happened(state, message.event);
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
  return now === state.now && notice === state.notice ? state : { ...state, now, notice };
}

/** A key goes to the text being typed, else to the command it is for here. */
function pressed(state: State, key: string): Change {
  if (state.search?.typing && state.dialogs.length === 0 && key !== 'ctrl+c') return typeSearch(state, key);
  const dialog = topDialog(state);
  if (dialog) {
    const part = partOf(dialog);
    const field = part.field?.(dialog, state);
    const changed = field ? edit(field, key) : null;
    if (changed && part.typed) return part.typed(dialog, changed, state);
    if (dialog.kind === 'menu') {
      const item = dialog.items.findIndex(one => one.key === key);
      if (item >= 0) return choose(state, dialog, item, key);
    }
  }
  const command = commandFor(state, key);
  if (!command) return only(state);
  const why = command.disabled?.(state) ?? null;
  return why === null ? command.run({ ...state, notice: null }, key) : notified(state, why, 'warning');
}

/** Pasted text is text: it never acts as keys. */
function pasted(state: State, text: string): Change {
  const dialog = topDialog(state);
  if (!dialog) return state.search?.typing ? pasteSearch(state, text) : only(state);
  const part = partOf(dialog);
  const field = part.field?.(dialog, state);
  return field && part.typed ? part.typed(dialog, insert(field, text), state) : only(state);
}

function waited(state: State, topic: Extract<Message, { type: 'later' }>['topic'], token: number): Change {
  switch (topic) {
    case 'detail':
      return token === state.detailToken ? loadDetail(state) : only(state);
    case 'refresh':
      // a look that is under way may have begun before the change
      return state.looking === null ? lookAgain(state) : [state, [{ type: 'later', ms: calm, topic, token }]];
    case 'reconnect':
      return reconnect(state, token);
    case 'preview': {
      for (const dialog of state.dialogs) {
        const part = partOf(dialog);
        if (part.later && 'token' in dialog && dialog.token === token)
          return part.later(dialog, token, state);
      }
      return only(state);
    }
  }
}

/** The editor has closed: the file may be another. */
function edited(state: State, file: string, failure: string | null): Change {
  if (failure !== null) return only(logged(notify(state, failure, 'error'), 'error', failure));
  return lookAgain({ ...logged(state, 'info', `edited ${file}`), details: new Map(), effects: new Map() });
}
