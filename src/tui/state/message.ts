import type { EngineEvent } from '../../engine/api.ts';
import type { EngineExit } from '../../engine/process/connection.ts';
import type { FailureInfo } from '../../foundation/failure.ts';
import type { Topic } from './effect.ts';
import type { Call, Loaded } from './model.ts';

/** The result of an engine call. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: FailureInfo };

/** The result of a call, for display. */
export const loadedOf = <T>(outcome: Outcome): Loaded<T> =>
  outcome.ok ? { is: 'ready', value: outcome.value as T } : { is: 'failed', failure: outcome.failure };

export interface Answer {
  readonly ticket: number;
  readonly call: Call;
  readonly outcome: Outcome;
}

/** An event for the app. `now` is milliseconds since the epoch. */
export type Message = { readonly now: number } & (
  | { readonly type: 'start' }
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'paste'; readonly text: string }
  | {
      readonly type: 'mouse';
      readonly kind: 'press' | 'wheel-up' | 'wheel-down';
      readonly x: number;
      readonly y: number;
    }
  | { readonly type: 'resized'; readonly columns: number; readonly rows: number }
  | { readonly type: 'tick' }
  | ({ readonly type: 'answered' } & Answer)
  | { readonly type: 'events'; readonly events: readonly EngineEvent[] }
  | { readonly type: 'connected' }
  | { readonly type: 'lost'; readonly exit: EngineExit }
  | { readonly type: 'restarted'; readonly failure: FailureInfo | null }
  | { readonly type: 'later'; readonly topic: Topic; readonly token: number }
  | { readonly type: 'edited'; readonly file: string; readonly failure: string | null }
  | { readonly type: 'background'; readonly theme: 'light' | 'dark' }
);
