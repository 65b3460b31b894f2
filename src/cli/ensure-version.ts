import { lookFor } from './looking.ts';
import type { Call } from './shell/call.ts';
import { type Definition, examples } from './shell/command.ts';

/** `migtui ensure-version`: makes the migrations table, and nothing else. */
export const ensureVersion: Definition = (program, act) =>
  program
    .command('ensure-version')
    .description('make the migrations table where it is not there yet')
    .addHelpText(
      'after',
      examples({ 'migtui ensure-version': 'before another role runs, which may not make tables' }),
    )
    .action(act(makeTable));

async function makeTable(call: Call): Promise<undefined> {
  const engine = await call.engine();
  const { project } = await lookFor(call, 'table');
  const made = await engine.ensureTable();
  call.output.answer(
    { table: project.table, made },
    answer => answer,
    ({ table, made }, paint) => (made ? `${paint.good('Made')} ${table}` : paint.dim(`${table} is there.`)),
  );
}
