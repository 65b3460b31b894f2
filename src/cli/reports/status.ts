import { drawStatus } from '../draw/status.ts';
import { statusJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { verbose } from '../shell/options.ts';
import { databaseFailure, folderFailure, problemsOf } from './require-status.ts';

/** `migtui status`: the state of the database, on half a screen. */
export const status: Definition = (program, act) =>
  program
    .command('status')
    .description('show the status of the database: current, heads, pending revisions and problems')
    .addOption(verbose('list every revision, however many'))
    .addHelpText(
      'after',
      examples({
        'migtui status': 'a summary',
        'migtui status --json': 'for scripts',
        'migtui status --context reporting': 'another context of the MikroORM config',
      }),
    )
    .action(act(showStatus));

/** Prints the status. Exit code 1 if the database cannot be read or the revisions are broken. */
export async function showStatus(call: Call, options: { verbose?: boolean }): Promise<number | undefined> {
  const engine = await call.engine();
  const overview = await engine.overview();
  const failure = databaseFailure(overview) ?? folderFailure(overview) ?? problemsOf(overview);
  call.output.answer(
    overview,
    () => {
      if (!failure) return statusJson(overview);
      const { current, applied, pending, missing, ...known } = statusJson(overview);
      const read = databaseFailure(overview) ? known : { ...known, current, applied, pending, missing };
      return { error: failure.info, ...read };
    },
    (overview, paint) => drawStatus(overview, paint, call.host.now(), options.verbose === true),
  );
  return failure ? 1 : 0;
}
