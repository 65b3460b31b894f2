import { requireStatus } from '../reports/require-status.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { type ConfirmOptions, confirmChange } from '../shell/confirm.ts';
import { confirmOption } from '../shell/options.ts';

/** `migtui ensure-version`: creates the migrations table, and nothing else. */
export const ensureVersion: Definition = (program, act) =>
  program
    .command('ensure-version')
    .description('create the migrations table if it does not exist')
    .addOption(confirmOption())
    .addHelpText(
      'after',
      examples({ 'migtui ensure-version': 'before migrations run as a role that may not create tables' }),
    )
    .action(act(makeTable));

async function makeTable(call: Call, options: ConfirmOptions): Promise<undefined> {
  const engine = await call.engine();
  const overview = await requireStatus(call, 'table');
  const { project } = overview;
  const confirm = await confirmChange(call, 'ensure-version', overview, options);
  const made = await engine.ensureTable(confirm);
  call.output.answer(
    { table: project.table, made },
    answer => answer,
    ({ table, made }, paint) => (made ? `${paint.good('Created')} ${table}` : paint.dim(`${table} exists.`)),
  );
}
