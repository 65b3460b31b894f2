import type { EngineApi } from '../engine/api.ts';
import { nameOf } from './draw/rows.ts';
import { type GoOptions, go } from './going.ts';
import { lookFor } from './looking.ts';
import type { Call } from './shell/call.ts';
import { type Definition, examples } from './shell/command.ts';
import { confirmChange } from './shell/confirm.ts';
import { backupOptions, runOptions, yes } from './shell/options.ts';
import { UsageError } from './shell/usage.ts';

interface SettleOptions extends GoOptions {
  readonly applied?: boolean;
  readonly notApplied?: boolean;
  readonly down?: boolean;
  readonly acceptEdit?: boolean;
}

/** `migtui settle <rev>`: says what became of a revision that stopped half-way outside a transaction, or runs its down. */
export const settle: Definition = (program, act) => {
  const command = program
    .command('settle')
    .description('say what became of a revision that stopped half-way, or that an edited file is right')
    .argument('<revision>', 'one that migtui status names')
    .option('--applied', 'its work is done: log it')
    .option('--not-applied', 'nothing of it is left: take its row away')
    .option('--down', 'run its down()')
    .option('--accept-edit', 'its file is right, although it was edited after it was applied')
    .option('--plan', 'with --down: show the SQL, run nothing')
    .addHelpText(
      'after',
      examples({
        'migtui settle add_index --applied': 'after the rest was done by hand',
        'migtui settle add_index --not-applied': 'after what it left was dropped; then upgrade again',
        'migtui settle add_index --accept-edit': 'after a comment was added, or the file formatted anew',
        'migtui settle add_index --down': 'lets its down() take back what it left',
      }),
    )
    .action(act(settleRevision));
  for (const option of [yes(), ...runOptions(), ...backupOptions()]) command.addOption(option);
  return command;
};

async function settleRevision(
  call: Call,
  target: string,
  options: SettleOptions,
): Promise<number | undefined> {
  const { applied, notApplied, down, acceptEdit } = options;
  if ([applied, notApplied, down, acceptEdit].filter(Boolean).length !== 1) {
    throw new UsageError('settle wants --applied, --not-applied, --down or --accept-edit');
  }
  const engine = await call.engine();
  const revision = await revisionOf(call, engine, target);
  if (down) {
    return go(call, { command: 'downgrade', targets: [revision], halfWay: true }, options);
  }
  const settlement = acceptEdit ? 'accept-edit' : applied ? 'applied' : 'not-applied';
  const confirm = await confirmChange(call, 'It', await lookFor(call, 'database'), options);
  await engine.settle(revision, settlement, confirm);
  call.output.answer(
    { revision, settlement },
    answer => answer,
    ({ revision, settlement }, paint) =>
      settlement === 'accept-edit'
        ? `${paint.good('Accepted:')} ${nameOf(revision)} is right as its file is now.`
        : `${paint.good('Settled:')} ${nameOf(revision)} is ${settlement.replace('-', ' ')}.`,
  );
}

/** An unsettled revision may have lost its file: its full name always does. */
async function revisionOf(call: Call, engine: EngineApi, target: string): Promise<string> {
  const look = await lookFor(call, 'database');
  if (look.unsettled.some(({ revision }) => revision === target)) return target;
  return (await engine.resolve(target))[0] ?? target;
}
