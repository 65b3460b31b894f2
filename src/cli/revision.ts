import type { Draft, RevisionRequest } from '../engine/api.ts';
import { Failure } from '../foundation/failure.ts';
import { writeDraft } from './drafting.ts';
import { nameOf } from './draw/rows.ts';
import type { Call } from './shell/call.ts';
import { type Definition, examples } from './shell/command.ts';
import { ask, canAsk } from './shell/confirm.ts';

interface RevisionOptions {
  readonly message: string;
  readonly autogenerate?: boolean;
  readonly head?: string;
  readonly label?: string;
  readonly dependsOn?: readonly string[];
  readonly splice?: boolean;
}

/** `migtui revision -m`: writes a new migration file. */
export const revision: Definition = (program, act) =>
  program
    .command('revision')
    .description('write a new migration: empty, or from the entities')
    .requiredOption('-m, --message <text>', 'what it does; becomes part of its name')
    .option('--autogenerate', 'from what the entities have and the revisions do not')
    .option('--head <target>', 'what it revises (default: head)')
    .option('--label <name>', 'name of the branch that starts with it')
    .option('--depends-on <target...>', 'what must be applied before it without being its lineage')
    .option('--splice', 'allow a parent that is no head: makes a branch')
    .addHelpText(
      'after',
      examples({
        'migtui revision --autogenerate -m "add last_read_at to chats"': 'after a change of the entities',
        'migtui revision -m "fill text_length"': 'empty, for a data migration',
        'migtui revision -m "search" --head base --label search': 'a branch of its own',
        'migtui revision -m "fix" --head add_user_id --splice': 'a branch from an older revision',
      }),
    )
    .action(act(makeRevision));

async function makeRevision(call: Call, options: RevisionOptions): Promise<undefined> {
  const { message, head, label, dependsOn, splice } = options;
  const request = { message, autogenerate: options.autogenerate === true, head, label, dependsOn, splice };
  await writeDraft(call, await draft(call, request), { what: 'The revision', question: null });
}

/** Drafts it; with several heads and somebody to ask, asks which one it revises. */
async function draft(call: Call, request: RevisionRequest): Promise<Draft> {
  const engine = await call.engine();
  try {
    return await engine.draftRevision(request);
  } catch (error) {
    const several = error instanceof Failure && error.code === 'multiple-heads';
    if (!several || !error.candidates || !canAsk(call)) throw error;
    const head = await chooseHead(call, error.candidates);
    if (head === undefined) throw error;
    return engine.draftRevision({ ...request, head });
  }
}

async function chooseHead(call: Call, heads: readonly string[]): Promise<string | undefined> {
  call.output.say(heads, (heads, paint) =>
    [
      `There are ${heads.length} heads. Which one does the new revision revise?`,
      ...heads.map((head, at) => `  ${paint.bold(String(at + 1))} ${nameOf(head)}`),
      paint.dim('  migtui merge brings them together first.'),
    ].join('\n'),
  );
  return heads[Number(await ask(call, `1-${heads.length}, or nothing to leave: `)) - 1];
}
