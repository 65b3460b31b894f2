import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeProject, repository } from '../support/project.ts';
import { asFound, openMigtui, openPty, plain } from '../support/pty.ts';
import { createDatabase } from '../support/server.ts';
import { atRest, childrenOf, openGate, seesGate, upgrade, waitAtGate } from './support.ts';

/*
 * The program and its terminal: after every exit, and while it is stopped, the terminal is in the state that
 * a shell expects.
 */

/** A migration that runs until the gate is opened, in a project with a journal. */
async function slowProject() {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations: { Migration20260101000000_slow: { up: waitAtGate, down: 'select 1' } },
    config: `schemaGenerator: { ignoreSchema: ['migtui'] },`,
  });
  return { database, project };
}

it('restores the terminal after every signal', async () => {
  const { project } = await slowProject();
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    const app = await openMigtui(project.root);
    await app.sees('1 pending');
    await expect
      .poll(() => app.modes(), { message: signal })
      .toEqual({
        mainScreen: false,
        cursorShown: false,
        mouseOff: false,
        pasteOff: false,
      });
    app.kill(signal);
    await app.exit;
    expect(await app.restored(), signal).toEqual(asFound);
  }
});

it('survives the death of its engine, reports it, and starts another with r', async () => {
  const { project } = await slowProject();
  const app = await openMigtui(project.root);
  await app.sees('1 pending');
  const [engine] = await childrenOf(app.pid());
  process.kill(engine as number, 'SIGKILL');
  await app.sees('ENGINE STOPPED');
  await app.sees('The engine stopped (SIGKILL)');
  await app.press('u');
  await app.sees('the engine stopped: press r to restart it');
  await app.press('r');
  await app.seesNo('ENGINE STOPPED');
  await upgrade(app);
  await seesGate(app);

  // Once more, during a run.
  const [second] = await childrenOf(app.pid());
  expect(second).not.toBe(engine);
  process.kill(second as number, 'SIGKILL');
  await app.sees('Upgrade failed');
  await app.sees('PostgreSQL rolls back uncommitted changes. Press r to restart');
  await app.press('r');
  await app.seesNo('ENGINE STOPPED');
  await app.sees('1 pending');
  await app.press('q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
});

it('cancels the run when the terminal window closes, and records it', async () => {
  const { database, project } = await slowProject();
  const app = await openMigtui(project.root);
  await app.sees('1 pending');
  await upgrade(app);
  await seesGate(app);
  app.hangUp();
  await expect.poll(() => atRest(database), { timeout: 20_000 }).toBe(true);
  await expect
    .poll(() => database.query(`select outcome, error from migtui.journal`), { timeout: 20_000 })
    .toEqual([{ outcome: 'rolled back', error: 'Cancelled.' }]);
  // The very first run was rolled back completely, including MikroORM's table.
  expect(await database.query(`select to_regclass('mikro_orm_migrations') as there`)).toEqual([
    { there: null },
  ]);
});

it('is stopped by Ctrl-Z and continued by fg, also in the middle of a run', async () => {
  const { database, project } = await slowProject();
  // A shell with job control and without a line editor, which would change terminal modes itself.
  const shell = await openPty(['bash', '--norc', '--noprofile', '--noediting', '-i'], {
    cwd: project.root,
    env: { PS1: 'shell> ', PS0: undefined, PROMPT_COMMAND: undefined },
  });
  await shell.sees('shell>');
  await shell.type(`'${process.execPath}' '${join(repository, 'bin/migtui.js')}'\n`);
  await shell.sees('1 pending');

  await shell.press('C-z');
  await shell.sees('Stopped');
  await expect.poll(() => shell.modes()).toEqual(plain);
  await shell.type('echo answer $((6 * 7))\n');
  await shell.sees('answer 42');
  // Typed text is echoed, and Enter ends a line.
  await shell.sees('shell> echo answer $((6 * 7))');
  await shell.type('fg\n');
  await shell.sees('1 pending');
  await expect.poll(() => shell.modes().mainScreen).toBe(false);

  await upgrade(shell);
  await seesGate(shell);
  await shell.press('C-z');
  await shell.sees('Stopped');
  await expect.poll(() => shell.modes()).toEqual(plain);
  await expect.poll(() => atRest(database)).toBe(false);
  shell.resize(90, 30);
  await shell.type('fg\n');
  await seesGate(shell);
  await shell.sees('0 of 1');
  await expect
    .poll(() => shell.modes())
    .toEqual({ mainScreen: false, cursorShown: false, mouseOff: false, pasteOff: false });

  // Stopped from outside, and the run ends in the meantime.
  const [app] = await childrenOf(shell.pid());
  process.kill(app as number, 'SIGTSTP');
  await shell.sees('Stopped');
  await expect.poll(() => shell.modes()).toEqual(plain);
  await openGate(database);
  await expect.poll(() => atRest(database), { timeout: 20_000 }).toBe(true);
  await shell.type('fg\n');
  await shell.sees('Upgrade done');
  await shell.press('Enter');
  await shell.sees('up to date');
  await shell.press('q');
  await shell.sees('shell>');
  await expect.poll(() => shell.modes()).toEqual(plain);
  await shell.type('exit\n');
  await shell.exit;
  expect(await shell.restored()).toEqual(asFound);
});
