import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { completeTargets } from './complete-targets.ts';

const help = `
Examples:
  source <(migtui completion bash)                                      this shell
  migtui completion zsh > ~/.migtui-completion.zsh                      then source it from ~/.zshrc
  migtui completion fish > ~/.config/fish/completions/migtui.fish
  migtui completion powershell >> $PROFILE
`;

/** Commands whose arguments are targets. */
const withTargets = [
  'show',
  'upgrade',
  'downgrade',
  'stamp',
  'history',
  'resolve',
  'edit',
  'merge',
  'squash',
  'lint',
  'rehearse',
  'fleet upgrade',
  'fleet downgrade',
  'fleet stamp',
  'fleet rehearse',
];

/**
 * Adds \`migtui completion <shell>\` and the command that the printed script calls.
 * @param root of the project, where revisions are found without running project code
 */
export function addCompletion(program: Command, root: () => string): void {
  const completion = tab(program, { completionCommandName: 'completion' });
  for (const name of withTargets) {
    const command = completion.commands.get(name);
    for (const argument of command?.arguments.values() ?? []) {
      argument.handler = complete => {
        for (const [target, about] of completeTargets(root(), name.replace('fleet ', '')))
          complete(target, about);
      };
    }
  }
  for (const command of program.commands) {
    if (command.name() !== 'completion') continue;
    command.description('print the script that completes migtui in a shell').addHelpText('after', help);
    for (const argument of command.registeredArguments) argument.description = 'shell that the script is for';
  }
}
