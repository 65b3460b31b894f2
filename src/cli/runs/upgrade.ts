import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { backupOptions, planOptions, rehearseOption, runOptions } from '../shell/options.ts';
import { type GoOptions, go } from './run-plan.ts';

/** `migtui upgrade <target…>`: runs the missing revisions up to the targets. */
export const upgrade: Definition = (program, act) => {
  const command = program
    .command('upgrade')
    .alias('up')
    .description('run revisions up to a target')
    .argument('<target...>', 'head, heads, +1 or a revision; from:to with --sql')
    .addHelpText(
      'after',
      examples({
        'migtui upgrade head': 'everything; with several heads: heads',
        'migtui upgrade +1': 'the next one',
        'migtui upgrade head --plan': 'the steps and their SQL, nothing runs',
        'migtui upgrade head --yes': 'for CI: without asking',
        'migtui upgrade reading@head': 'the branch labelled reading',
        'migtui upgrade current:head --sql > up.sql': 'a script for psql',
      }),
    )
    .action(act(runUpgrade));
  for (const option of [...planOptions(), rehearseOption(), ...runOptions(), ...backupOptions()])
    command.addOption(option);
  return command;
};

async function runUpgrade(call: Call, targets: readonly string[], options: GoOptions): Promise<number> {
  return go(call, { command: 'upgrade', targets }, options);
}
