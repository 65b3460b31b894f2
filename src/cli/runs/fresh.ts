import { placeLabel } from '../../drawing/text/place.ts';
import { Failure } from '../../foundation/failure.ts';
import { count } from '../../foundation/grouped.ts';
import { indent } from '../draw/text.ts';
import { requireStatus } from '../reports/require-status.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { confirmName } from '../shell/confirm.ts';
import { runOptions, yes } from '../shell/options.ts';
import { type GoOptions, go } from './run-plan.ts';

/** `migtui fresh`: drops everything and runs all revisions, like "mikro-orm migration:fresh". */
export const fresh: Definition = (program, act) => {
  const command = program
    .command('fresh')
    .description('drop everything in a database that is not protected, and run all revisions')
    .option('--plan', 'show what is lost, run nothing')
    .addHelpText(
      'after',
      examples({
        'migtui fresh --plan': 'what would be lost',
        'migtui fresh': "asks for the database's name, drops, runs all revisions",
      }),
    )
    .action(act(runFresh));
  for (const option of [yes(), ...runOptions()]) command.addOption(option);
  return command;
};

async function runFresh(call: Call, options: GoOptions): Promise<number> {
  const overview = await requireStatus(call, 'database');
  const { database, project } = overview;
  if (project.protected) {
    throw new Failure({
      code: 'protected',
      message: `${database.name} is protected (${project.policy[0]?.setBy ?? 'protected'}): fresh is refused.`,
      next: 'To empty it anyway, undo the revisions: migtui downgrade base.',
    });
  }
  const engine = await call.engine();
  // Nothing is dropped that could not be recreated.
  const [broken] = (await engine.check(['problems'])).findings;
  if (broken) throw new Failure({ code: 'broken-revisions', message: broken.message, next: broken.next });
  const emptying = await engine.emptying();
  const where = placeLabel(database.label, project.schema);
  const summary = {
    where,
    losses: emptying.losses,
    revisions: overview.revisions.filter(row => row.state !== 'missing').length,
  };
  const draw = ({ where, losses, revisions }: typeof summary, paint: typeof call.output.paint): string =>
    [
      `${paint.bold('fresh')} on ${where}: drops ${count(losses.length, 'object')}, then runs ${count(revisions, 'revision')}`,
      '',
      ...losses.map(loss => indent(paint.bad(`${paint.glyphs.warning} ${loss}`))),
      ...(losses.length > 0 ? [''] : []),
    ].join('\n');
  if (options.plan) {
    call.output.answer(
      summary,
      () => ({ ...emptying, database: { name: database.name, label: database.label } }),
      draw,
    );
    return 0;
  }
  call.output.note(summary, draw);
  if (emptying.losses.length > 0) {
    await confirmName(
      call,
      'The fresh start',
      database.name,
      'Everything in this database is lost.',
      options,
    );
    await engine.empty(emptying);
  }
  return go(
    call,
    { command: 'upgrade', targets: ['heads'] },
    { ...options, yes: true, dropped: emptying.losses.length },
  );
}
