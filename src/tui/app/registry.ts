import { appCommands } from '../commands/app.ts';
import { changingCommands } from '../commands/changing.ts';
import { findingCommands } from '../commands/findings.ts';
import { jumpingCommands } from '../commands/jumping.ts';
import { movingCommands } from '../commands/moving.ts';
import { resolvingCommands } from '../commands/resolving.ts';
import { viewingCommands } from '../commands/viewing.ts';
import { writingCommands } from '../commands/writing.ts';
import { checkType } from '../dialogs/check.ts';
import { commonCommands } from '../dialogs/common-commands.ts';
import type { DialogType } from '../dialogs/dialog.ts';
import { draftType } from '../dialogs/draft/draft.ts';
import { fleetType } from '../dialogs/fleet/board.ts';
import { fleetPlanType } from '../dialogs/fleet/plan.ts';
import { stagesType } from '../dialogs/fleet/stages.ts';
import { helpType } from '../dialogs/help.ts';
import { journalType } from '../dialogs/journal.ts';
import { menuType } from '../dialogs/menu.ts';
import { headsType } from '../dialogs/merge/heads.ts';
import { mergeType } from '../dialogs/merge/merge.ts';
import { paletteType } from '../dialogs/palette.ts';
import { planType } from '../dialogs/plan/plan.ts';
import { promptType } from '../dialogs/prompt.ts';
import { rehearsalType } from '../dialogs/rehearsal.ts';
import { revisionType } from '../dialogs/revision.ts';
import { runType } from '../dialogs/run/run.ts';
import { schemaType } from '../dialogs/schema.ts';
import { squashType } from '../dialogs/squash.ts';
import { targetType } from '../dialogs/target/target.ts';
import type { Command } from '../keymap/command.ts';
import type { Dialog } from '../state/model.ts';

/*
 * The dialogs and commands of the app. To add one, write a file and add a line here. The tabs of the Detail
 * pane have their own table in panes/detail/tabs.ts.
 */

const dialogTypes: readonly DialogType<Dialog>[] = [
  planType,
  targetType,
  runType,
  menuType,
  paletteType(() => commands),
  schemaType,
  draftType,
  revisionType,
  mergeType,
  headsType,
  squashType,
  promptType,
  checkType,
  rehearsalType,
  journalType,
  fleetType,
  fleetPlanType,
  stagesType,
  helpType(() => commands),
];

const byKind = new Map(dialogTypes.map(type => [type.kind, type]));

/** A dialog's key handling and drawing. */
export function typeOf({ kind }: Dialog): DialogType<Dialog> {
  const type = byKind.get(kind);
  if (!type) throw new Error(`unknown dialog ${kind}`);
  return type;
}

/** All commands. */
export const commands: readonly Command[] = [
  ...changingCommands,
  ...resolvingCommands,
  ...writingCommands,
  ...findingCommands,
  ...viewingCommands,
  ...movingCommands,
  ...jumpingCommands,
  ...appCommands,
  ...dialogTypes.flatMap(type => type.commands ?? []),
  ...commonCommands(typeOf),
];
