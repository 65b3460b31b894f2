import type { FailureInfo } from '../../foundation/failure.ts';
import type { EngineApi, EngineEvent, EngineOptions } from '../api.ts';

/** A result in the form that crosses the process boundary: an error class would arrive as a plain object. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: FailureInfo };

/** The calls from the front end to the engine process. */
export interface EngineFunctions {
  open(options: EngineOptions): Promise<Answer>;
  /** Answers `overview` with a `PackedOverview`. */
  call(method: keyof EngineApi, args: readonly unknown[]): Promise<Answer>;
}

/** The calls from the engine process to the front end. */
export interface FrontEndFunctions {
  events(events: readonly EngineEvent[]): void;
}
