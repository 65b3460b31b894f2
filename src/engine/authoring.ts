import { Failure } from '../foundation/failure.ts';
import type { EngineApi } from './api.ts';
import type { Session } from './session.ts';

/** What of the engine writes files, or replays revisions on a scratch database. */
export type AuthoringApi = Pick<
  EngineApi,
  | 'effect'
  | 'compare'
  | 'check'
  | 'draftRevision'
  | 'draftMerge'
  | 'draftRebase'
  | 'draftAdopt'
  | 'draftInit'
  | 'rehearse'
  | 'write'
>;

/** Composes authoring for an open session. */
export function createAuthoring(_session: Session): AuthoringApi {
  const later = async (): Promise<never> => {
    throw new Failure({ code: 'not-built', message: 'This part of migtui is being built.' });
  };
  return {
    effect: later,
    compare: later,
    check: later,
    draftRevision: later,
    draftMerge: later,
    draftRebase: later,
    draftAdopt: later,
    draftInit: later,
    rehearse: later,
    write: later,
  };
}
