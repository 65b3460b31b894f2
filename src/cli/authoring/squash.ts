import { drawDraft } from '../draw/draft.ts';
import { draftJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { yes } from '../shell/options.ts';
import { writeDraft } from './write-draft.ts';

interface SquashOptions {
  readonly message?: string;
  readonly plan?: boolean;
  readonly yes?: boolean;
}

/** `migtui squash`: one revision that replaces a range, verified on the shadow. */
export const squash: Definition = (program, act) =>
  program
    .command('squash')
    .description('replace a range of revisions with one that creates the same schema, verified')
    .argument('<range>', 'the range: <from>:<to>, both included')
    .option('-m, --message <text>', 'name of the squashed revision')
    .option('--plan', 'show it, write nothing')
    .addOption(yes())
    .addHelpText(
      'after',
      `
Databases that have every revision of the range count the squashed one as applied; empty ones run it instead. A database
that has only some of them runs the remaining ones first. The replaced files stay until every database has the squashed
revision in its migrations table; then delete them, and keep "replaces" in its class.
${examples({
  'migtui squash :20260113100000 -m "first year"': 'everything up to a revision',
  'migtui squash 20250101090000:20251231120000': 'from one revision to another',
  'migtui squash :head --plan': 'show it, write nothing',
})}`,
    )
    .action(act(squashLine));

async function squashLine(call: Call, range: string, options: SquashOptions): Promise<number | undefined> {
  const engine = await call.engine();
  const draft = await engine.draftSquash({ range, message: options.message });
  if (options.plan) {
    call.output.answer(draft, draft => ({ ...draftJson(draft), written: false }), drawDraft);
    return 0;
  }
  await writeDraft(call, draft, { what: 'The squash', question: 'Write this?', yes: options.yes });
  return undefined;
}
