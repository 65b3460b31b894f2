import type { Draft } from '../engine/api.ts';
import type { MergeAnswer, RevisionDraftAnswer } from './answers.ts';
import { drawDraft, drawWritten } from './draw/draft.ts';
import { draftJson } from './shapes.ts';
import type { Call } from './shell/call.ts';
import { confirm } from './shell/confirm.ts';

/** How a draft is written. */
export interface WriteOptions {
  /** Such as `The merge`, for the message that it was not written. */
  readonly what: string;
  /** Null: written without a question, because only new files are. */
  readonly question: string | null;
  readonly yes?: boolean | undefined;
  /** More fields of the answer. */
  readonly more?: Partial<MergeAnswer> | undefined;
  /** What is done once it is written; more fields of the answer. */
  readonly after?: (() => Promise<Partial<RevisionDraftAnswer>>) | undefined;
}

/** Shows the files of a draft, asks, writes them, and says so. */
export async function writeDraft(
  call: Call,
  draft: Draft,
  { what, question, yes = false, more = {}, after }: WriteOptions,
): Promise<void> {
  const engine = await call.engine();
  const written = draft.files.length > 0;
  if (written && question !== null) {
    call.output.say(draft, drawDraft);
    await confirm(call, what, question, yes);
  }
  if (written) await engine.write(draft);
  const done = written ? await after?.() : undefined;
  call.output.answer(
    draft,
    () => ({ ...draftJson(draft), written, ...more, ...done }),
    (draft, paint) => drawWritten(draft, paint),
  );
}
