import type { Draft } from '../../engine/api.ts';
import type { MergeAnswer, RevisionDraftAnswer } from '../answers.ts';
import { drawDraft, drawWritten } from '../draw/draft.ts';
import { nameOf } from '../draw/rows.ts';
import { draftJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { confirm } from '../shell/confirm.ts';

/** How to write a draft. */
export interface WriteOptions {
  /** Such as `The merge`, for the message that it was not written. */
  readonly what: string;
  /** Null: written without confirmation, because only new files are written. */
  readonly question: string | null;
  readonly yes?: boolean | undefined;
  /** Printed if the draft has no files. */
  readonly nothing?: string | undefined;
  /** Additional fields of the result. */
  readonly more?: Partial<MergeAnswer> | undefined;
  /** Runs after the files are written; returns additional fields of the result. */
  readonly after?: (() => Promise<Partial<RevisionDraftAnswer>>) | undefined;
}

/** Shows the files of a draft, asks, writes them, and reports the result. */
export async function writeDraft(
  call: Call,
  draft: Draft,
  { what, question, yes = false, nothing, more = {}, after }: WriteOptions,
): Promise<void> {
  const engine = await call.engine();
  const written = draft.files.length > 0;
  const shown = written && question !== null;
  if (shown) {
    call.output.note(draft, drawDraft);
    await confirm(call, what, question, yes);
  }
  if (written) await engine.write(draft);
  const done = written ? await after?.() : undefined;
  call.output.answer(
    draft,
    () => ({ ...draftJson(draft), written, ...more, ...done }),
    (draft, paint) =>
      [
        drawWritten(shown ? { ...draft, notes: [], warnings: [], findings: [] } : draft, paint, nothing),
        ...(done?.stamped ? [`${paint.bold('Stamped:')} ${nameOf(done.stamped)}`] : []),
      ].join('\n'),
  );
}
