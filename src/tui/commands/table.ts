import { appCommands } from './app.ts';
import { changingCommands } from './changing.ts';
import type { Command } from './command.ts';
import { choosingCommands } from './dialogs/choosing.ts';
import { fileCommands } from './dialogs/files.ts';
import { planningCommands } from './dialogs/planning.ts';
import { runningCommands } from './dialogs/running.ts';
import { scrollingCommands } from './dialogs/scrolling.ts';
import { targetCommands } from './dialogs/target.ts';
import { jumpingCommands } from './jumping.ts';
import { lookingCommands } from './looking.ts';
import { movingCommands } from './moving.ts';
import { settlingCommands } from './settling.ts';
import { writingCommands } from './writing.ts';

/** Every command there is. */
export const commands: readonly Command[] = [
  ...changingCommands,
  ...settlingCommands,
  ...writingCommands,
  ...lookingCommands,
  ...movingCommands,
  ...jumpingCommands,
  ...appCommands,
  ...planningCommands,
  ...targetCommands,
  ...runningCommands,
  ...choosingCommands,
  ...fileCommands,
  ...scrollingCommands,
];
