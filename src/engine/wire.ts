import type { FailureInfo } from '../foundation/failure.ts';
import type { EngineApi, EngineEvent, EngineOptions } from './api.ts';

/** An answer as it crosses the process boundary: an error class would arrive as a plain object. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: FailureInfo };

/** What the front end calls in the engine's process. */
export interface EngineFunctions {
  open(options: EngineOptions): Promise<Answer>;
  call(method: keyof EngineApi, args: readonly unknown[]): Promise<Answer>;
}

/** What the engine's process calls in the front end. */
export interface FrontEndFunctions {
  events(events: readonly EngineEvent[]): void;
}
