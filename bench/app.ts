import { join } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { type Project, repository } from '../test/support/project.ts';

/** The app in a terminal of 120x36: no shell and no emulator in between, as for the stock CLI. */
export function openApp(project: Project, database: string): IPty {
  return spawn(process.execPath, [join(repository, 'bin/migtui.js')], {
    cols: 120,
    rows: 36,
    cwd: project.root,
    env: { ...process.env, DATABASE: database, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  });
}
