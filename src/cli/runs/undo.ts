import { Option } from 'commander';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { backupOptions, runOptions, yes } from '../shell/options.ts';
import { type GoOptions, go } from './run-plan.ts';

/** `migtui undo`: undoes the last run. */
export const undo: Definition = past('undo', 'undo the last run', {
  'migtui undo': 'shows the steps and what is lost, asks, runs them',
  'migtui undo --plan': 'only shows them',
});

/** `migtui redo`: repeats what undo reverted. */
export const redo: Definition = past('redo', 'run again what the last undo reverted', {
  'migtui redo': 'shows the steps, asks, runs them',
});

function past(kind: 'undo' | 'redo', about: string, lines: Readonly<Record<string, string>>): Definition {
  return (program, act) => {
    const command = program
      .command(kind)
      .description(about)
      .addOption(new Option('--plan', 'show the steps and their SQL, run nothing'))
      .addHelpText('after', examples(lines))
      .action(
        act(async (call: Call, options: GoOptions) => {
          // The journal determines the direction.
          return go(call, { command: 'upgrade', targets: [], past: { kind } }, options);
        }),
      );
    for (const option of [yes(), ...runOptions(), ...backupOptions()]) command.addOption(option);
    return command;
  };
}
