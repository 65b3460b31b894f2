import { nameOf } from './draw/rows.ts';
import { lookFor } from './looking.ts';
import type { Call } from './shell/call.ts';
import { type Definition, examples } from './shell/command.ts';
import { UsageError } from './shell/usage.ts';

interface SettleOptions {
  readonly applied?: boolean;
  readonly notApplied?: boolean;
}

/** `migtui settle <rev>`: says what became of a revision that stopped half-way outside a transaction. */
export const settle: Definition = (program, act) =>
  program
    .command('settle')
    .description('say what became of a revision that stopped half-way')
    .argument('<revision>', 'one that migtui status names')
    .option('--applied', 'its work is done: log it')
    .option('--not-applied', 'nothing of it is left: take its row away')
    .addHelpText(
      'after',
      examples({
        'migtui settle add_index --applied': 'after the rest was done by hand',
        'migtui settle add_index --not-applied': 'after what it left was dropped; then upgrade again',
      }),
    )
    .action(act(settleRevision));

async function settleRevision(call: Call, target: string, options: SettleOptions): Promise<undefined> {
  if (options.applied === options.notApplied) {
    throw new UsageError('settle wants --applied or --not-applied');
  }
  const look = await lookFor(call, 'database');
  const engine = await call.engine();
  // an unsettled revision may have lost its file: its full name always does
  const open = look.unsettled.map(({ revision }) => revision);
  const revision = open.includes(target) ? target : ((await engine.resolve(target))[0] ?? target);
  const settlement = options.applied ? 'applied' : 'not-applied';
  await engine.settle(revision, settlement);
  call.output.answer(
    { revision, settlement },
    answer => answer,
    ({ revision, settlement }, paint) =>
      `${paint.good('Settled:')} ${nameOf(revision)} is ${settlement.replace('-', ' ')}.`,
  );
}
