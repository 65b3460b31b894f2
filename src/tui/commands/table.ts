import { appCommands } from './app.ts';
import { changingCommands } from './changing.ts';
import type { Command } from './command.ts';
import { dialogCommands } from './dialogs.ts';
import { lookingCommands } from './looking.ts';
import { movingCommands } from './moving.ts';
import { writingCommands } from './writing.ts';

/** Every command there is. */
export const commands: readonly Command[] = [
  ...changingCommands,
  ...writingCommands,
  ...lookingCommands,
  ...movingCommands,
  ...appCommands,
  ...dialogCommands,
];
