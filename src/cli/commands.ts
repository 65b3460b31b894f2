import { adopt } from './authoring/adopt.ts';
import { bake } from './authoring/bake.ts';
import { create } from './authoring/create.ts';
import { edit } from './authoring/edit.ts';
import { init } from './authoring/init.ts';
import { merge } from './authoring/merge.ts';
import { revision } from './authoring/revision.ts';
import { squash } from './authoring/squash.ts';
import { fleet } from './fleet/fleet.ts';
import { open } from './open.ts';
import { branches } from './reports/branches.ts';
import { check } from './reports/check.ts';
import { current } from './reports/current.ts';
import { diff } from './reports/diff.ts';
import { doctor } from './reports/doctor.ts';
import { heads } from './reports/heads.ts';
import { history } from './reports/history.ts';
import { journal } from './reports/journal.ts';
import { lint } from './reports/lint.ts';
import { pending } from './reports/pending.ts';
import { rehearse } from './reports/rehearse.ts';
import { show } from './reports/show.ts';
import { status } from './reports/status.ts';
import { test } from './reports/test.ts';
import { wait } from './reports/wait.ts';
import { downgrade } from './runs/downgrade.ts';
import { ensureVersion } from './runs/ensure-version.ts';
import { fresh } from './runs/fresh.ts';
import { resolveCommand } from './runs/resolve.ts';
import { stamp } from './runs/stamp.ts';
import { redo, undo } from './runs/undo.ts';
import { upgrade } from './runs/upgrade.ts';
import type { Definition } from './shell/command.ts';

/** Every command, grouped by purpose, in the order of the help. */
export const commands: Readonly<Record<string, readonly Definition[]>> = {
  'See:': [status, current, history, heads, branches, show, pending, journal, wait],
  'Change a database:': [upgrade, downgrade, stamp, undo, redo, resolveCommand, ensureVersion, fresh],
  'Many databases:': [fleet],
  'Write revisions:': [init, revision, create, merge, squash, adopt, edit],
  'Verify:': [check, lint, diff, rehearse, test],
  'More:': [bake, doctor, open],
};
