import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { backupOptions, planOptions, rehearseOption, runOptions } from '../shell/options.ts';
import { type GoOptions, go } from './run-plan.ts';

/** `migtui downgrade <target>`: undoes everything above the target; the target stays applied. */
export const downgrade: Definition = (program, act) => {
  const command = program
    .command('downgrade')
    .alias('down')
    .description('undo revisions down to a target, which stays applied')
    .argument('<target>', '-1, base or a revision; from:to with --sql')
    .addHelpText(
      'after',
      examples({
        'migtui downgrade -1': 'the last one',
        'migtui downgrade add_user_id': 'everything above this revision',
        'migtui downgrade base': 'everything',
        'migtui downgrade chat@base': 'the branch labelled chat',
        'migtui downgrade -1 --plan': 'the steps, their SQL and what is lost; nothing runs',
      }),
    )
    .action(act(runDowngrade));
  for (const option of [...planOptions(), rehearseOption(), ...runOptions(), ...backupOptions()])
    command.addOption(option);
  return command;
};

async function runDowngrade(call: Call, target: string, options: GoOptions): Promise<number> {
  return go(call, { command: 'downgrade', targets: [target] }, options);
}
