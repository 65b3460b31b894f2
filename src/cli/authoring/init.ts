import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { yes } from '../shell/options.ts';
import { writeDraft } from './write-draft.ts';

/** On databases that `revision --autogenerate` and the comparison of `stamp` do not support. */
const portableSteps = `
Next:
  mikro-orm migration:create --name initial_schema     the first revision, from the entities
  migtui upgrade head                                  on an empty database
  migtui stamp head                                    on one that has the tables already: marks the revision as
                                                       applied without running it
  migtui check                                         for CI`;

const nextSteps = `
Next:
  migtui revision --autogenerate -m "initial schema"   the first revision, from the entities
  migtui upgrade head                                  on an empty database
  migtui stamp head                                    on one that has the tables already: compares, then
                                                       marks the revision as applied
  migtui check                                         for CI`;

/** For a project that has migrations. */
const adoptingSteps = `
Next:
  migtui adopt      declare in each migration which one it follows
  migtui status     the state of the database, and problems of the files
  migtui check      for CI`;

/** `migtui init`: sets up a MikroORM project for migtui. */
export const init: Definition = (program, act) =>
  program
    .command('init')
    .description('set up this project: config, migrations folder, journal')
    .addOption(yes())
    .addHelpText(
      'after',
      `${examples({ 'migtui init': 'shows what it would write, asks, writes' })}${nextSteps}\n`,
    )
    .action(act(initProject));

async function initProject(call: Call, options: { yes?: boolean }): Promise<undefined> {
  const engine = await call.engine();
  const draft = await engine.draftInit();
  await writeDraft(call, draft, { what: 'The setup', question: 'Write this?', yes: options.yes });
  const first = draft.unavailable?.length ? portableSteps : nextSteps;
  const steps = draft.existing ? adoptingSteps : first;
  call.output.note(steps, (text, paint) => paint.dim(text));
}
