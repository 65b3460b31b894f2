import { join } from 'node:path';
import type { RevisionRow } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { nameOf } from '../draw/rows.ts';
import { databaseFailure, onlyRow, requireStatus } from '../reports/require-status.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { canAsk, confirm } from '../shell/confirm.ts';
import { yes } from '../shell/options.ts';

/** `migtui edit <rev>`: opens a migration in the editor. */
export const edit: Definition = (program, act) =>
  program
    .command('edit')
    .description('open the file of a revision in the editor')
    .argument('<revision>', 'a target; see migtui --help')
    .addOption(yes())
    .addHelpText(
      'after',
      examples({
        'migtui edit head': 'with the editor setting, $VISUAL, $EDITOR or vi',
        'EDITOR="code --wait" migtui edit add_user_id': 'in another one',
      }),
    )
    .action(act(editRevision));

async function editRevision(call: Call, target: string, options: { yes?: boolean }): Promise<undefined> {
  const overview = await requireStatus(call, 'revisions');
  const row = await onlyRow(call, overview, target);
  if (!row.file) {
    throw new Failure({
      code: 'no-file',
      message: `${row.id} has no file to edit.`,
      next: row.state === 'missing' ? 'Restore it from version control.' : 'It is in a migrationsList.',
    });
  }
  if (row.state === 'applied' && databaseFailure(overview) === null) {
    call.output.note(row, warning);
    await confirm(call, 'The edit', `Edit ${nameOf(row.id)} anyway?`, options.yes === true);
  }
  const editor = editorOf(call);
  const path = join(overview.project.root, row.file);
  const code = await call.host.spawn(editor, path);
  if (code !== 0) {
    throw new Failure({
      code: 'editor-failed',
      message:
        code === 127 ? `The editor "${editor}" was not found.` : `"${editor}" ended with exit code ${code}.`,
      next: 'Set the editor with the editor setting, $VISUAL or $EDITOR.',
    });
  }
  call.output.answer(
    { id: row.id, file: row.file, editor },
    answer => answer,
    () => '',
  );
}

function warning(row: RevisionRow, paint: { warn(text: string): string }): string {
  return paint.warn(
    [
      `${nameOf(row.id)} is applied to this database. Editing it does not change what it did here, only what`,
      'other databases get and what a downgrade runs. To change the schema, make a new revision.',
    ].join('\n'),
  );
}

function editorOf(call: Call): string {
  const { settings, host } = call;
  const chosen = settings.editor ?? (host.env.VISUAL || host.env.EDITOR);
  if (chosen) return chosen;
  if (host.platform === 'win32') return 'notepad';
  if (canAsk(call)) return 'vi';
  throw new Failure({
    code: 'no-editor',
    message: 'There is no terminal to run vi in.',
    next: 'Set the editor with the editor setting, $VISUAL or $EDITOR.',
  });
}
