import type { PlanRequest } from '../../../engine/api.ts';
import { quoteShell } from '../../../foundation/shell.ts';
import { type Change, only } from '../../state/effect.ts';
import { reload } from '../../state/link.ts';
import type { State } from '../../state/model.ts';
import { rowsById } from '../../state/select.ts';
import { close, copied } from '../../state/stack.ts';
import { openCheck } from '../check.ts';
import { inDialogs } from '../commands.ts';
import { openDraft } from '../draft/dialog.ts';
import { openPlan } from '../plan/plan.ts';
import { askToEnd, whyNotEnded } from './blocker.ts';
import { askCancel } from './cancel.ts';
import { splitInstead, stampInstead, transactionEach } from './next-steps.ts';

function retry(state: State, key: string): Change {
  // As the failure says: r starts the engine.
  if (state.link.is === 'lost') return reload(close(state));
  const request = state.run?.preview.request;
  return request ? openPlan(close(state), request, key) : only(state);
}

function failedFile(state: State): string | null {
  const failed = state.run?.steps.find(step => step.status === 'failed');
  return (failed && state.overview && rowsById(state.overview).get(failed.revision)?.file) || null;
}

function copyFailure(state: State): Change {
  const failure = state.run?.failure;
  if (!failure) return only(state);
  const { sql } = failure;
  return copied(
    state,
    [failure.message, sql?.sqlState, sql?.detail, sql?.hint, sql?.statement].filter(Boolean).join('\n'),
    'the error',
  );
}

/** Plans a follow-up to a failure. */
const planInstead =
  (requestOf: (run: State['run']) => PlanRequest | null) =>
  (state: State, key: string): Change => {
    const request = requestOf(state.run);
    return request ? openPlan(close(state), request, key) : only(state);
  };

const hasFailed = (state: State): string | null => (state.run?.failure ? null : 'nothing failed');

/** A run, and its result. */
export const runCommands = inDialogs(
  [
    {
      id: 'cancel-run',
      keys: ['c'],
      where: ['run'],
      title: 'cancel',
      about: 'cancel and roll back, or stop after this step',
      footer: 1,
      run: askCancel,
    },
    {
      id: 'end-blocker',
      keys: ['e'],
      where: ['run'],
      title: 'end the blocker',
      about: 'end the statement, then the session, that blocks the run',
      footer: 2,
      danger: true,
      disabled: whyNotEnded,
      run: askToEnd,
    },
    {
      id: 'retry',
      keys: ['r'],
      where: ['outcome'],
      title: 'try again',
      about: 'plan it again',
      footer: 1,
      disabled: hasFailed,
      run: retry,
    },
    {
      id: 'edit-failed',
      keys: ['e'],
      where: ['outcome'],
      title: 'edit',
      about: 'open the failed revision in your editor',
      footer: 2,
      disabled: state => (failedFile(state) === null ? 'no file to edit' : null),
      run: state => [state, [{ type: 'edit', file: failedFile(state) ?? '' }]],
    },
    {
      id: 'copy-error',
      keys: ['y'],
      where: ['outcome'],
      title: 'copy error',
      about: "copy PostgreSQL's message and the statement",
      footer: 3,
      disabled: hasFailed,
      run: copyFailure,
    },
    {
      id: 'stamp-instead',
      keys: ['s'],
      where: ['outcome'],
      title: 'stamp',
      about: 'its objects already exist: mark the revision as applied',
      footer: 4,
      danger: true,
      disabled: state => (stampInstead(state.run) ? null : 'only when an object already exists'),
      run: planInstead(stampInstead),
    },
    {
      id: 'check-failed',
      keys: ['c'],
      where: ['outcome'],
      title: 'check',
      about: 'compare the live schema with the revisions',
      footer: 5,
      disabled: state => (stampInstead(state.run) ? null : 'only when an object already exists'),
      run: openCheck,
    },
    {
      id: 'transaction-each',
      keys: ['t'],
      where: ['outcome'],
      title: 'one transaction each',
      about: 'plan it again with a transaction for each revision',
      footer: 4,
      disabled: state =>
        transactionEach(state.run) ? null : 'a transaction for each revision would not help',
      run: planInstead(transactionEach),
    },
    {
      id: 'split-failed',
      keys: ['p'],
      where: ['outcome'],
      title: 'split',
      about: 'split the revision that adds an enum value and uses it',
      footer: 4,
      disabled: state => (splitInstead(state.run) ? null : 'no revision adds an enum value and uses it'),
      run: (state, key) => {
        const revision = splitInstead(state.run) ?? '';
        const command = `migtui revision --split ${quoteShell(revision)} --yes`;
        return openDraft(close(state), 'Split', { call: 'draftSplit', args: [revision] }, command, key);
      },
    },
    {
      id: 'close-outcome',
      keys: ['enter'],
      where: ['outcome'],
      title: 'close',
      about: 'close',
      run: state => only(close(state)),
    },
  ],
  'In a run',
);
