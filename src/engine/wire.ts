import type { FailureInfo } from '../foundation/failure.ts';
import type { EngineApi, EngineEvent, EngineOptions } from './api.ts';

/** An answer as it crosses the process boundary: an error class would arrive as a plain object. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: FailureInfo };

/** What the face calls in the engine's process. */
export interface EngineSide {
  open(options: EngineOptions): Promise<Answer>;
  call(method: keyof EngineApi, args: readonly unknown[]): Promise<Answer>;
}

/** What the engine's process calls in the face. */
export interface FaceSide {
  events(events: readonly EngineEvent[]): void;
}
