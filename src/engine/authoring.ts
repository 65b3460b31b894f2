import { answerWithin, longAnswer } from '../project/connections.ts';
import { writeChanges } from '../project/writing/write-files.ts';
import type { EngineApi } from './api.ts';
import { branchDiff } from './authoring/branch-diff.ts';
import { check } from './authoring/check.ts';
import { compare } from './authoring/compare.ts';
import { draftAdopt } from './authoring/draft-adopt.ts';
import { withFindings } from './authoring/draft-findings.ts';
import { draftFix } from './authoring/draft-fix.ts';
import { draftInit } from './authoring/draft-init.ts';
import { draftMerge } from './authoring/draft-merge.ts';
import { draftRebase } from './authoring/draft-rebase.ts';
import { draftRevision } from './authoring/draft-revision.ts';
import { draftSquash } from './authoring/draft-squash.ts';
import { effect } from './authoring/effect.ts';
import { draftSplit } from './authoring/enum-split.ts';
import { rehearse } from './authoring/rehearse.ts';
import { rehearsePlan } from './authoring/rehearse-plan.ts';
import { test } from './authoring/test.ts';
import { Workspace } from './authoring/workspace.ts';
import { requireAvailable } from './available.ts';
import { bake } from './bake.ts';
import type { Session } from './session.ts';

/** The part of the engine that writes files or replays revisions on a scratch database. */
export type AuthoringApi = Pick<
  EngineApi,
  | 'effect'
  | 'compare'
  | 'check'
  | 'draftRevision'
  | 'draftSplit'
  | 'draftFix'
  | 'draftMerge'
  | 'draftRebase'
  | 'draftAdopt'
  | 'draftSquash'
  | 'diff'
  | 'draftInit'
  | 'rehearse'
  | 'rehearsePlan'
  | 'bake'
  | 'test'
  | 'write'
>;

/**
 * Creates the authoring functions of an open session; the session closes them. Drafts write nothing; `write`
 * does.
 */
export function createAuthoring(session: Session): AuthoringApi {
  const workspace = new Workspace(session);
  const { root } = session.project;
  return {
    effect: revision => effect(workspace, revision),
    compare: targets => answerWithin(longAnswer, () => compare(workspace, targets)),
    check: kinds => answerWithin(longAnswer, () => check(workspace, kinds)),
    draftRevision: async request =>
      withFindings(session, await draftRevision(workspace, request), request.fromDrift === true),
    draftFix: target => draftFix(workspace, target),
    draftSplit: target => draftSplit(workspace, target),
    draftMerge: request => draftMerge(workspace, request),
    draftRebase: request => draftRebase(workspace, request),
    diff: ref => branchDiff(workspace, ref),
    draftSquash: request => answerWithin(longAnswer, () => draftSquash(workspace, request)),
    draftAdopt: () => draftAdopt(workspace),
    draftInit: () => draftInit(workspace),
    rehearse: heads => rehearse(workspace, heads),
    bake: async () => bake(workspace.onDisk().graph),
    rehearsePlan: (request, data) => rehearsePlan(workspace, request, data),
    async test(request) {
      requireAvailable(session, 'shadow');
      return test(workspace, request);
    },
    write: draft => writeChanges(root, draft.files),
  };
}
