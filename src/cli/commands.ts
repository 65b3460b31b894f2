import { adopt } from './adopt.ts';
import { bake } from './bake.ts';
import { branches } from './branches.ts';
import { check } from './check.ts';
import { create } from './create.ts';
import { current } from './current.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { downgrade } from './downgrade.ts';
import { edit } from './edit.ts';
import { ensureVersion } from './ensure-version.ts';
import { fleet } from './fleet.ts';
import { fresh } from './fresh.ts';
import { heads } from './heads.ts';
import { history } from './history.ts';
import { init } from './init.ts';
import { journal } from './journal.ts';
import { lint } from './lint.ts';
import { merge } from './merge.ts';
import { open } from './open.ts';
import { pending } from './pending.ts';
import { rehearse } from './rehearse.ts';
import { revision } from './revision.ts';
import { settle } from './settle.ts';
import type { Definition } from './shell/command.ts';
import { show } from './show.ts';
import { squash } from './squash.ts';
import { stamp } from './stamp.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { redo, undo } from './undo.ts';
import { upgrade } from './upgrade.ts';
import { wait } from './wait.ts';

/** Every command, grouped by purpose, in the order of the help. */
export const commands: Readonly<Record<string, readonly Definition[]>> = {
  'See:': [status, current, history, heads, branches, show, pending, journal, wait],
  'Change a database:': [upgrade, downgrade, stamp, undo, redo, settle, ensureVersion, fresh],
  'Many databases:': [fleet],
  'Write revisions:': [init, revision, create, merge, squash, adopt, edit],
  'Verify:': [check, lint, diff, rehearse, test],
  'More:': [bake, doctor, open],
};
