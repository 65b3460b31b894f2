import type { Draft } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { yes } from '../shell/options.ts';
import { writeDraft } from './write-draft.ts';

/** `migtui adopt`: writes the inferred lineage into the migration files. */
export const adopt: Definition = (program, act) =>
  program
    .command('adopt')
    .description('declare in each file which revision it revises, in the current order of MikroORM')
    .addOption(yes())
    .addHelpText(
      'after',
      examples({
        'migtui adopt': 'shows the diff, asks, writes',
        'migtui adopt --yes': 'without asking',
      }),
    )
    .action(act(adoptLine));

const empty: Draft = { kind: 'adopt', revision: null, files: [], notes: [], warnings: [] };

async function adoptLine(call: Call, options: { yes?: boolean }): Promise<undefined> {
  const engine = await call.engine();
  let nothing: string | undefined;
  const draft = await engine.draftAdopt().catch((error: unknown) => {
    // Running it twice has nothing to do, which is not a failure.
    if (!(error instanceof Failure && error.code === 'nothing-to-adopt')) throw error;
    nothing = error.message;
    return empty;
  });
  const files = draft.files.length === 1 ? 'this file' : `these ${draft.files.length} files`;
  const question = `Change ${files}?`;
  await writeDraft(call, draft, { what: 'The lineage', question, yes: options.yes, nothing });
}
