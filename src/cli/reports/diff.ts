import { diffMarkdown } from '../draw/branch-diff.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';

/** Exit code if merging would create a second head or an invalid graph. */
const found = 3;

/** `migtui diff`: what a branch adds, for a pull request. */
export const diff: Definition = (program, act) =>
  program
    .command('diff')
    .description('show what this branch adds, as Markdown for a pull request; exit code 3 for a second head')
    .requiredOption('--since <ref>', 'the branch or commit that it will be merged into')
    .addHelpText(
      'after',
      examples({
        'migtui diff --since origin/main': 'revisions, SQL and findings; needs no database',
        'migtui diff --since origin/main >> "$GITHUB_STEP_SUMMARY"': 'in GitHub Actions',
        'migtui diff --since origin/main --json': 'for scripts',
      }),
    )
    .action(act(diffSince));

async function diffSince(call: Call, { since }: { readonly since: string }): Promise<number> {
  const engine = await call.engine();
  const diff = await engine.diff(since);
  call.output.answer(diff, diff => diff, diffMarkdown);
  return diff.secondHead || diff.problems.length > 0 ? found : 0;
}
