import type { EngineChange } from '../../engine/process/connection.ts';
import type { Call, State } from './model.ts';

/** Effects outside the state. Performed by `app/perform.ts`, which answers with messages. */
export type SideEffect =
  | { readonly type: 'call'; readonly ticket: number; readonly call: Call }
  | { readonly type: 'later'; readonly ms: number; readonly topic: Topic; readonly token: number }
  | { readonly type: 'copy'; readonly text: string }
  /** Opens a file of the project in the user's editor; the path is relative to the project. */
  | { readonly type: 'edit'; readonly file: string }
  | { readonly type: 'restart'; readonly change?: EngineChange }
  | { readonly type: 'mouse'; readonly on: boolean }
  | { readonly type: 'suspend' }
  /** Redraws everything, because another program wrote to the screen. */
  | { readonly type: 'redraw' }
  | { readonly type: 'quit' };

/** The purpose of a timer. */
export type Topic = 'detail' | 'preview' | 'reconnect' | 'refresh';

/** A new state and its effects. */
export type Change = readonly [State, readonly SideEffect[]];

export const only = (state: State): Change => [state, []];

/** `second` after `first`, with the effects of both. */
export function andThen(first: Change, second: (state: State) => Change): Change {
  const [state, effects] = second(first[0]);
  return [state, [...first[1], ...effects]];
}

/** Calls the engine; the ticket is the state's `lastTicket` afterwards. */
export function ask(state: State, call: Call): readonly [State, number, SideEffect] {
  const ticket = state.lastTicket + 1;
  return [{ ...state, lastTicket: ticket }, ticket, { type: 'call', ticket, call }];
}
