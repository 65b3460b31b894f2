import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Draft, RevisionRequest } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { nameOf } from '../draw/rows.ts';
import { requireStatus } from '../reports/require-status.ts';
import type { Call } from '../shell/call.ts';
import { clean } from '../shell/clean.ts';
import { type Definition, examples } from '../shell/command.ts';
import { ask, canAsk, confirmChange } from '../shell/confirm.ts';
import { confirmOption, yes } from '../shell/options.ts';
import { UsageError } from '../shell/usage.ts';
import { writeDraft } from './write-draft.ts';

interface RevisionOptions {
  readonly message?: string;
  readonly split?: string;
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly autogenerate?: boolean;
  readonly fromDrift?: boolean;
  readonly head?: string;
  readonly revId?: string;
  readonly path?: string;
  readonly label?: string;
  readonly dependsOn?: readonly string[];
  readonly splice?: boolean;
  readonly rename?: readonly string[];
  /** False with --no-rename. */
  readonly renameOthers?: false;
}

/** `migtui revision -m`: writes a new migration file. */
export const revision: Definition = (program, act) =>
  program
    .command('revision')
    .description('write a new migration: empty, or from the entities')
    .option('-m, --message <text>', 'description; becomes part of the name')
    .option('--autogenerate', 'generate it from the difference between entities and revisions')
    .option('--from-drift', 'generate it from manual changes in the database, and stamp this database')
    .option('--head <target>', 'what it revises (default: head)')
    .option('--rev-id <id>', 'its 14 digits or full name, instead of the current time')
    .option('--path <folder>', 'folder for the file (default: the folder of its parent)')
    .option('--label <name>', 'name of the branch that starts with it')
    .option('--depends-on <target...>', 'revisions that must be applied first, without being its parents')
    .option('--splice', 'allow a parent that is not a head; this starts a branch')
    .option(
      '--rename <old:new...>',
      'with --autogenerate: treat as a rename, such as contact.fax:email, people:persons or mood.sad:unhappy',
    )
    .addOption(noRename())
    .option('--split <target>', 'split a pending revision that adds an enum value and uses it')
    .addOption(yes())
    .addOption(confirmOption())
    .addHelpText(
      'after',
      examples({
        'migtui revision --autogenerate -m "add last_read_at to chats"': 'after changing entities',
        'migtui revision --autogenerate -m "e-mail" --rename contact.fax:email': 'a renamed column',
        'migtui revision --from-drift -m "index made by hand"': 'keep a change that check reports as drift',
        'migtui revision -m "fill text_length"': 'empty, for a data migration',
        'migtui revision --split add_mood': 'after "unsafe use of new value"',
        'migtui revision -m "search" --head base --label search': 'a branch of its own',
        'migtui revision -m "fix" --head add_user_id --splice': 'a branch from an older revision',
      }),
    )
    .action(act(makeRevision));

/** Combines with --rename: it applies to everything that --rename does not name. */
function noRename(): Option {
  const option = new Option('--no-rename', 'treat all other possible renames as a drop and an add');
  option.attributeName = () => 'renameOthers';
  return option;
}

async function makeRevision(call: Call, options: RevisionOptions): Promise<undefined> {
  if (options.split !== undefined) return splitRevision(call, options.split, options);
  if (options.message === undefined) throw new UsageError('revision needs -m, --message <text>');
  const { message, head, label, dependsOn, splice, rename, renameOthers, revId, path } = options;
  const request: RevisionRequest = {
    message,
    autogenerate: options.autogenerate === true,
    fromDrift: options.fromDrift,
    head,
    label,
    dependsOn,
    splice,
    revId,
    path: path === undefined ? undefined : resolve(call.host.cwd, path),
    renames: rename,
    noRename: renameOthers === false || undefined,
  };
  if (options.autogenerate && options.fromDrift) {
    throw new UsageError('revision takes --autogenerate or --from-drift, not both');
  }
  if (!options.autogenerate && (rename || renameOthers === false)) {
    throw new UsageError('--rename and --no-rename need --autogenerate');
  }
  const draft = await draftRevision(call, request);
  const confirm = options.fromDrift
    ? await confirmChange(call, 'The stamp', await requireStatus(call, 'database'), options)
    : undefined;
  await writeDraft(call, draft, {
    what: 'The revision',
    question: options.fromDrift ? 'Write this, and stamp this database with it?' : null,
    yes: options.yes,
    after: options.fromDrift ? () => stampWith(call, draft, confirm) : undefined,
  });
}

/** The database already has the changes of the revision: only its row is missing. */
async function stampWith(
  call: Call,
  { revision }: Draft,
  confirm: string | undefined,
): Promise<{ stamped: string | null }> {
  const engine = await call.engine();
  const preview = await engine.preview({ command: 'stamp', targets: [revision as string] });
  const { failure } = await engine.run(preview, { confirm });
  if (failure) throw new Failure(failure);
  return { stamped: revision };
}

async function splitRevision(call: Call, target: string, { yes }: RevisionOptions): Promise<undefined> {
  const engine = await call.engine();
  const draft = await engine.draftSplit(target);
  await writeDraft(call, draft, { what: 'The split', question: 'Write these two files?', yes });
}

/** Drafts it; in a terminal, asks for the head that it revises and about renames. */
export async function draftRevision(call: Call, request: RevisionRequest): Promise<Draft> {
  const engine = await call.engine();
  try {
    return await engine.draftRevision(request);
  } catch (error) {
    if (!(error instanceof Failure) || !error.candidates || !canAsk(call)) throw error;
    if (error.code === 'multiple-heads') {
      const head = await chooseHead(call, error.candidates);
      if (head === undefined) throw error;
      return draftRevision(call, { ...request, head });
    }
    if (error.code !== 'rename-or-not') throw error;
    const renames = await chooseRenames(call, error.candidates);
    if (renames === null) throw error;
    // Possible renames in a renamed table are found after that.
    return draftRevision(call, {
      ...request,
      renames: [...(request.renames ?? []), ...renames],
      notRenames: [...(request.notRenames ?? []), ...error.candidates.filter(one => !renames.includes(one))],
    });
  }
}

/** Asks about each candidate until the answer is yes or no; null if there is no answer. */
async function chooseRenames(call: Call, candidates: readonly string[]): Promise<string[] | null> {
  const chosen: string[] = [];
  for (const candidate of candidates) {
    const [old, fresh] = ends(candidate);
    const taken = (other: string): boolean => ends(other).some(end => end === old || end === fresh);
    if (chosen.some(taken)) continue;
    const question = `Is ${clean(fresh)} the new name of ${clean(old)}? A rename keeps the data; no drops it [y/n] `;
    let answer: string;
    do {
      answer = await ask(call, question);
      if (answer === '') return null;
      // Anything else may be a typing error, and no loses data.
    } while (!/^(y|yes|n|no)$/i.test(answer));
    if (/^y/i.test(answer)) chosen.push(candidate);
  }
  return chosen;
}

/** `contact.fax:email` -> `contact.fax` and `contact.email`. */
function ends(rename: string): [old: string, fresh: string] {
  const at = rename.indexOf(':');
  const old = rename.slice(0, at);
  return [old, old.slice(0, old.lastIndexOf('.') + 1) + rename.slice(at + 1)];
}

async function chooseHead(call: Call, heads: readonly string[]): Promise<string | undefined> {
  call.output.note(heads, (heads, paint) =>
    [
      `There are ${heads.length} heads. Which one does the new revision revise?`,
      ...heads.map((head, at) => `  ${paint.bold(String(at + 1))} ${nameOf(head)}`),
      paint.dim('  To merge them first: migtui merge'),
    ].join('\n'),
  );
  return heads[Number(await ask(call, `1-${heads.length}, or Enter to cancel: `)) - 1];
}
