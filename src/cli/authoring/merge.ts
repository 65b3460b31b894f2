import { remedyText } from '../../drawing/text/rehearsal.ts';
import type { Draft, Rehearsal, Remedy } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { drawDraft } from '../draw/draft.ts';
import { drawRehearsal, drawRemedies } from '../draw/rehearsal.ts';
import { nameOf } from '../draw/rows.ts';
import { requireStatus } from '../reports/require-status.ts';
import { draftJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { ask, canAsk } from '../shell/confirm.ts';
import { yes } from '../shell/options.ts';
import { UsageError } from '../shell/usage.ts';
import { writeDraft } from './write-draft.ts';

interface MergeOptions {
  readonly message?: string;
  readonly rebase?: string;
  readonly onto?: string;
  readonly force?: boolean;
  readonly reconcile: boolean;
  readonly plan?: boolean;
  readonly yes?: boolean;
}

/**
 * `migtui merge`: rehearses the branches in both orders, then writes a merge revision or rebases one onto the
 * other.
 */
export const merge: Definition = (program, act) =>
  program
    .command('merge')
    .description('merge heads, after rehearsing both orders')
    .argument('[heads...]', 'heads to merge (default: all)')
    .option('-m, --message <text>', 'name of the merge revision')
    .option('--rebase <target>', 'put this branch on top of another instead')
    .option('--onto <target>', 'the branch that --rebase goes on top of')
    .option('--no-reconcile', 'leave the merge revision empty, even if the entities need SQL')
    .option('--plan', 'rehearse and show, write nothing')
    .option('--force', 'write it although the rehearsal found a conflict, or was not possible')
    .addOption(yes())
    .addHelpText(
      'after',
      examples({
        'migtui merge': 'all heads: shows their changes and conflicts, asks',
        'migtui merge -m "merge heads" --yes': 'without asking; refused on a conflict',
        'migtui merge --plan': 'writes nothing; exit code 1 on a conflict',
        'migtui merge add_reactions add_last_read_at': 'these two',
        'migtui merge --rebase add_reactions --onto add_last_read_at': 'one line instead of a merge',
      }),
    )
    .action(act(mergeHeads));

function whyNothing([head]: readonly string[], asked: boolean): string {
  if (head === undefined) return asked ? 'the targets name no revision' : 'there are no revisions yet';
  return asked ? `the targets name only ${nameOf(head)}` : `the only head is ${nameOf(head)}`;
}

async function mergeHeads(
  call: Call,
  targets: readonly string[],
  options: MergeOptions,
): Promise<number | undefined> {
  if ((options.rebase === undefined) !== (options.onto === undefined)) {
    throw new UsageError('--rebase and --onto must be used together: --rebase A --onto B');
  }
  const engine = await call.engine();
  const overview = await requireStatus(call, 'revisions');
  const asked = options.rebase && options.onto ? [options.rebase, options.onto] : targets;
  const resolved = await Promise.all(asked.map(target => engine.resolve(target)));
  const heads = asked.length > 0 ? [...new Set(resolved.flat())] : overview.heads;
  if (heads.length < 2) {
    call.output.answer(
      heads,
      heads => ({ kind: 'merge', revision: null, files: [], notes: [], warnings: [], written: false, heads }),
      (heads, paint) => paint.dim(`Nothing to merge: ${whyNothing(heads, asked.length > 0)}.`),
    );
    return 0;
  }
  let rehearsal: Rehearsal;
  try {
    rehearsal = await engine.rehearse(heads);
  } catch (error) {
    if (options.plan || !(error instanceof Failure)) throw error;
    if (!options.force && error.code !== 'not-on-this-database') throw error;
    return writeUnrehearsed(call, heads, options, error);
  }
  const conflict = conflictOf(rehearsal, options.rebase === undefined ? null : heads);
  if (options.plan) {
    await showPlan(call, rehearsal, options);
    return conflict ? 1 : 0;
  }
  call.output.note(rehearsal, drawRehearsal);
  const asking = options.yes !== true && options.rebase === undefined && canAsk(call);
  if (conflict && !asking && options.force !== true) {
    if (!call.output.json) throw conflict;
    call.output.answer(
      rehearsal,
      rehearsal => ({ error: conflict.info, rehearsal }),
      () => '',
    );
    return 1;
  }
  const draft = await chosenDraft(call, heads, rehearsal, options, asking);
  await writeDraft(call, draft, {
    what: 'The merge',
    question: 'Write this?',
    yes: options.yes,
    more: { rehearsal },
  });
  return 0;
}

/** The rehearsal; of a rebase also the changes of the files and the warnings. */
async function showPlan(call: Call, rehearsal: Rehearsal, { rebase, onto }: MergeOptions): Promise<void> {
  if (!rebase || !onto) return call.output.answer(rehearsal, rehearsal => rehearsal, drawRehearsal);
  const draft = await (await call.engine()).draftRebase({ branch: rebase, onto });
  call.output.answer(
    draft,
    draft => ({ ...draftJson(draft), written: false, rehearsal }),
    (draft, paint) => `${drawRehearsal(rehearsal, paint)}\n${drawDraft(draft, paint)}`,
  );
}

/** Without a rehearsal, with --force or on a database that does not support one: conflicts are unknown. */
async function writeUnrehearsed(
  call: Call,
  heads: readonly string[],
  { message, rebase, onto, yes }: MergeOptions,
  failure: Failure,
): Promise<number> {
  const engine = await call.engine();
  const draft =
    rebase && onto
      ? await engine.draftRebase({ branch: rebase, onto })
      : await engine.draftMerge({ heads, message, reconcile: false });
  const warning = `The merge was not rehearsed, so conflicts are not ruled out. ${failure.message}`;
  await writeDraft(
    call,
    { ...draft, warnings: [warning, ...draft.warnings] },
    {
      what: 'The merge',
      question: 'Write this without a rehearsal?',
      yes,
      more: { rehearsal: null },
    },
  );
  return 0;
}

/** The requested way, or the one chosen at the prompt. */
async function chosenDraft(
  call: Call,
  heads: readonly string[],
  rehearsal: Rehearsal,
  options: MergeOptions,
  asking: boolean,
): Promise<Draft> {
  const engine = await call.engine();
  const { message, rebase, onto } = options;
  if (rebase && onto) return engine.draftRebase({ branch: rebase, onto });
  const mergeDraft = () =>
    engine.draftMerge({ heads, message, reconcile: options.reconcile && rehearsal.reconcile.length > 0 });
  if (!asking) return mergeDraft();
  const ways = rehearsal.remedies.map((remedy, at) => ({
    key: remedy.kind === 'merge' ? 'm' : String(at),
    remedy,
  }));
  call.output.note(ways, (ways, paint) =>
    [
      'What to do?',
      ...ways.map(({ key, remedy }) => `  ${paint.bold(key)} ${drawRemedies([remedy], paint)}`),
    ].join('\n'),
  );
  const choice = await ask(call, `${ways.map(({ key }) => key).join(', ')}, or Enter to cancel: `);
  const way = ways.find(({ key }) => key === choice)?.remedy;
  if (!way) throw new Failure({ code: 'declined', message: 'Nothing was done.' });
  if (!way.ok && !options.force) throw conflictIn(rehearsal, way);
  return way.kind === 'merge'
    ? mergeDraft()
    : engine.draftRebase({ branch: way.branch as string, onto: way.onto as string });
}

/**
 * Why the rehearsal refuses the request: a merge revision, or a rebase in its resulting order.
 * @param rebase the branch and its new parent
 */
function conflictOf(rehearsal: Rehearsal, rebase: readonly string[] | null): Failure | null {
  const asked = rehearsal.remedies.find(({ kind, branch, onto }) =>
    rebase === null ? kind === 'merge' : branch === rebase[0] && onto === rebase[1],
  );
  return asked && !asked.ok ? conflictIn(rehearsal, asked) : null;
}

function conflictIn({ verdict, remedies }: Rehearsal, asked: Remedy): Failure {
  const others = remedies.filter(({ kind, ok }) => kind === 'rebase' && ok);
  const fix = `change one of the branches, or accept it with --force`;
  const why = asked.failed
    ? `${nameOf(asked.failed.revision)} does not run: ${asked.failed.failure.message}`
    : verdict === 'fails'
      ? 'the branches do not run one after the other'
      : 'the schema depends on which branch runs first';
  return new Failure({
    code: 'merge-conflict',
    message: `Cannot ${remedyText(asked, nameOf)}: ${why.replace(/\.$/, '')}. Nothing was written.`,
    next:
      others.length > 0
        ? `This order works: ${others.map(({ branch, onto }) => `migtui merge --rebase ${branch} --onto ${onto}`).join(', or ')}. Otherwise ${fix}.`
        : `${fix[0]?.toUpperCase()}${fix.slice(1)}.`,
  });
}
