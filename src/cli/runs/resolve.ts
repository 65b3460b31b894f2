import type { EngineApi, Resolution } from '../../engine/api.ts';
import { nameOf } from '../draw/rows.ts';
import { requireStatus } from '../reports/require-status.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { confirmChange } from '../shell/confirm.ts';
import { backupOptions, runOptions, yes } from '../shell/options.ts';
import { UsageError } from '../shell/usage.ts';
import { type GoOptions, go } from './run-plan.ts';

interface ResolveOptions extends GoOptions {
  readonly applied?: boolean;
  readonly notApplied?: boolean;
  readonly down?: boolean;
  readonly acceptEdit?: boolean;
}

/** `migtui resolve <rev>`: resolves an interrupted revision, or runs its down(). */
export const resolveCommand: Definition = (program, act) => {
  const command = program
    .command('resolve')
    .description('resolve an interrupted revision, or accept an edited file')
    .argument('<revision>', 'a revision that migtui status names')
    .option('--applied', 'it is complete: log it as applied')
    .option('--not-applied', 'its changes are gone: remove its row')
    .option('--down', 'run its down()')
    .option('--accept-edit', 'accept its file, which was edited after it was applied')
    .option('--plan', 'with --down: show the SQL, run nothing')
    .addHelpText(
      'after',
      examples({
        'migtui resolve add_index --applied': 'after finishing it by hand',
        'migtui resolve add_index --not-applied': 'after removing its partial changes; then upgrade again',
        'migtui resolve add_index --accept-edit': 'after adding a comment or reformatting the file',
        'migtui resolve add_index --down': 'removes its partial changes',
      }),
    )
    .action(act(runResolve));
  for (const option of [yes(), ...runOptions(), ...backupOptions()]) command.addOption(option);
  return command;
};

async function runResolve(call: Call, target: string, options: ResolveOptions): Promise<number | undefined> {
  const { applied, notApplied, down, acceptEdit } = options;
  if ([applied, notApplied, down, acceptEdit].filter(Boolean).length !== 1) {
    throw new UsageError('resolve needs --applied, --not-applied, --down or --accept-edit');
  }
  const engine = await call.engine();
  const revision = await revisionOf(call, engine, target);
  if (down) {
    return go(call, { command: 'downgrade', targets: [revision], halfWay: true }, options);
  }
  const settlement: Resolution = acceptEdit ? 'accept-edit' : applied ? 'applied' : 'not-applied';
  const confirm = await confirmChange(call, 'resolve', await requireStatus(call, 'database'), options);
  await engine.resolveRevision(revision, settlement, confirm);
  call.output.answer(
    { revision, settlement },
    answer => answer,
    ({ revision, settlement }, paint) =>
      settlement === 'accept-edit'
        ? `${paint.good('Accepted:')} ${nameOf(revision)} is accepted as it is now.`
        : `${paint.good('Resolved:')} ${nameOf(revision)} is ${settlement.replace('-', ' ')}.`,
  );
}

/** The file of an interrupted revision may be missing: its full name always works. */
async function revisionOf(call: Call, engine: EngineApi, target: string): Promise<string> {
  const overview = await requireStatus(call, 'database');
  if (overview.unsettled.some(({ revision }) => revision === target)) return target;
  return (await engine.resolve(target))[0] ?? target;
}
