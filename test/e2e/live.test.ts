import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { makeProject, migtui, stockCli } from '../support/project.ts';
import { asFound, openMigtui } from '../support/pty.ts';
import { createDatabase } from '../support/server.ts';

/*
 * Changes by others while the program is open are shown automatically.
 */

const create = (table: string, revises?: readonly string[]) => ({
  up: `create table ${table} (id int)`,
  down: `drop table ${table}`,
  ...(revises && { revises }),
});
const a = 'Migration20260101000000_a';
const b = 'Migration20260102000000_b';
const c = 'Migration20260103000000_c';

it('shows new files, new heads, and what other programs run', async () => {
  const database = await createDatabase();
  const project = await makeProject({ url: database.url, migrations: { [a]: create('a', []) } });
  const app = await openMigtui(project.root);
  await app.sees('1 pending');
  await project.addMigration(b, create('b', [a]));
  await app.sees('2 pending');
  await project.addMigration(c, create('c', [a]));
  await app.sees('2 heads');
  expect(await migtui(project, ['upgrade', 'heads', '--yes'])).toMatchObject({ code: 0 });
  await app.sees('up to date');
  await app.sees('3 applied');
  expect(await stockCli(project, ['migration:down'])).toMatchObject({ code: 0 });
  await app.sees('1 pending');
  await project.remove(`migrations/${c}.ts`);
  await app.seesNo('2 heads');

  // A plan that another run has invalidated is not run: the new one is shown.
  await migtui(project, ['downgrade', 'base', '--yes']);
  await app.sees('nothing applied');
  await app.press('g', 'u');
  await app.sees(/Enter +run on/);
  expect(await migtui(project, ['upgrade', '+1', '--yes'])).toMatchObject({ code: 0 });
  await app.press('Enter');
  await app.sees('Something changed since the plan was made');
  await app.sees('1 step on');
  await app.press('Esc');
  await app.sees('1 pending');
  await app.press('q');
  expect(await app.exit).toEqual({ code: 0 });
});

/** A connection to a server that can be closed and opened again. */
async function makeGateway(url: string) {
  const target = new URL(url);
  const port = Number(target.port);
  const open = new Set<Socket>();
  const server = createServer(near => {
    const far = connect(port, target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  const listen = (at: number) => new Promise<void>(resolve => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  target.port = String(own);
  return {
    url: target.href,
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
    open: () => listen(own),
  };
}

it('reports when the database is lost, and reconnects by itself', async () => {
  const database = await createDatabase();
  const gateway = await makeGateway(database.url);
  const project = await makeProject({ url: gateway.url, migrations: { [a]: create('a'), [b]: create('b') } });
  const app = await openMigtui(project.root);
  await app.sees('2 pending');

  // Connections that the server closes are reopened without interruption.
  await database.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await app.press('u');
  await app.sees(/Enter +run on/);
  await app.press('Esc');
  await app.seesNo('Upgrade to');

  await gateway.close();
  await app.sees('UNREACHABLE');
  await app.sees('server unreachable; retrying');
  await app.sees('cannot be reached');
  await app.press('u');
  await app.sees('the database is unreachable');
  // What is known is still shown.
  await app.press('j');
  await app.sees('2/2');
  await gateway.open();
  await app.sees('2 pending');
  await app.seesNo('UNREACHABLE');
  await app.sees('create table a (id int)');
  await app.press('g', 'u');
  await app.sees(/Enter +run on/);
  await app.press('Enter');
  await app.sees('Upgrade done');
  await app.press('Enter', 'q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
  await gateway.close();
});
