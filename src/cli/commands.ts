import { branches } from './branches.ts';
import { current } from './current.ts';
import { downgrade } from './downgrade.ts';
import { heads } from './heads.ts';
import { history } from './history.ts';
import { open } from './open.ts';
import { pending } from './pending.ts';
import type { Definition } from './shell/command.ts';
import { show } from './show.ts';
import { stamp } from './stamp.ts';
import { status } from './status.ts';
import { upgrade } from './upgrade.ts';

/** Every command, in the order of the help. */
export const commands: readonly Definition[] = [
  status,
  current,
  history,
  heads,
  branches,
  show,
  pending,
  upgrade,
  downgrade,
  stamp,
  open,
];
