import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlanRehearsal } from '../../src/engine/api.ts';
import { debianFolder, hasDebianServer, startDebianServer } from '../support/debian-server.ts';
import { makeFolder, makeProject, migtui, type Project } from '../support/project.ts';
import type { Server } from '../support/server.ts';

/*
 * Copies from every kind of dump, and from databases in use. Requires pg_dump of the server's version.
 */

const run = promisify(execFile);
const major = 15;
const base = 'Migration20260101000000_base';
const next = 'Migration20260102000000_next';

describe.skipIf(!hasDebianServer(major))('a copy', () => {
  let server: Server;
  let elsewhere: Server;
  let project: Project;
  let folder: string;
  const program = (name: string): string => join(debianFolder(major), name);
  const database = (url: string, name: string): string => url.replace(/\/postgres$/, `/${name}`);

  async function sql(url: string, text: string): Promise<unknown[]> {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  beforeAll(async () => {
    [server, elsewhere] = await Promise.all([startDebianServer(major), startDebianServer(major)]);
    await sql(server.url, 'create database live');
    await sql(server.url, 'create database other');
    await sql(server.url, 'create role app');
    project = await makeProject({
      url: database(server.url, 'live'),
      migrations: {
        [base]: {
          up: 'create table "Messages" (id int primary key, "te""xt" text)',
          down: 'drop table "Messages"',
        },
      },
    });
    expect((await migtui(project, ['upgrade', 'head', '--yes'])).code).toBe(0);
    await sql(
      database(server.url, 'live'),
      `insert into "Messages" select n, E'\\\\.\\nline ' || n from generate_series(1, 100) n;
       alter table "Messages" owner to app; grant select on "Messages" to app`,
    );
    await project.addMigration(next, {
      up: 'alter table "Messages" drop column "te""xt"',
      down: 'alter table "Messages" add column "te""xt" text',
    });
    folder = await makeFolder('dumps');
    const dump = async (format: string, name: string, ...more: string[]): Promise<void> => {
      await run(program('pg_dump'), [
        `--format=${format}`,
        `--file=${join(folder, name)}`,
        ...more,
        database(server.url, 'live'),
      ]);
    };
    await dump('custom', 'live.dump');
    await dump('tar', 'live.tar');
    await dump('directory', 'live.dir');
    await dump('plain', 'live.sql');
    await dump('plain', 'create.sql', '--create');
    await writeFile(join(folder, 'live.sql.gz'), gzipSync(await readFile(join(folder, 'live.sql'))));
  });

  afterAll(async () => {
    await Promise.all([server.stop(), elsewhere.stop()]);
  });

  async function rehearse(
    from: string,
  ): Promise<{ code: number | null; answer: PlanRehearsal & { error?: { code: string; message: string } } }> {
    // Another server has neither the roles nor the database.
    const told = await migtui(project, ['rehearse', '--shadow', elsewhere.url, '--data', from, '--json']);
    return { code: told.code, answer: JSON.parse(told.stdout) };
  }

  test.each(['live.dump', 'live.tar', 'live.dir', 'live.sql', 'live.sql.gz'])('of %s', async name => {
    const { code, answer } = await rehearse(join(folder, name));
    expect(answer.error).toBeUndefined();
    expect([code, answer.measured?.source]).toEqual([0, name]);
    expect(answer.measured?.steps[0]?.lost).toEqual([{ table: 'Messages', column: 'te"xt', rows: 100 }]);
  });

  test('of a database on another server', async () => {
    const { code, answer } = await rehearse(database(server.url, 'live'));
    expect([code, answer.measured?.source]).toEqual([0, 'live']);
    expect(await sql(database(server.url, 'live'), 'select count(*)::int as n from "Messages"')).toEqual([
      { n: 100 },
    ]);
  });

  test('of a database in use on the same server', async () => {
    const client = new pg.Client(database(server.url, 'live'));
    await client.connect();
    const told = await migtui(project, ['rehearse', '--shadow', server.url, '--data', 'live', '--json']);
    await client.end();
    const answer = JSON.parse(told.stdout) as PlanRehearsal;
    expect([told.code, answer.measured?.steps.length]).toEqual([0, 1]);
  });

  test('is never created if the SQL connects to another database', async () => {
    const { code, answer } = await rehearse(join(folder, 'create.sql'));
    expect([code, answer.error?.code]).toEqual([1, 'bad-data']);
    expect(answer.error?.message).toContain('\\connect live');
    expect(
      await sql(
        elsewhere.url,
        `select datname from pg_database where datname not in ('postgres', 'template0', 'template1')`,
      ),
    ).toEqual([]);
  });

  test('of a truncated dump is refused, and nothing is left', async () => {
    const whole = await readFile(join(folder, 'live.dump'));
    await writeFile(join(folder, 'cut.dump'), whole.subarray(0, whole.length - 200));
    const { code, answer } = await rehearse(join(folder, 'cut.dump'));
    expect([code, answer.error?.code]).toEqual([1, 'copy-failed']);
    expect(await sql(elsewhere.url, `select datname from pg_database where datname like 'migtui%'`)).toEqual(
      [],
    );
  });

  test('of a database without a log is refused', async () => {
    await sql(database(server.url, 'other'), 'create table x ()');
    const { answer } = await rehearse(database(server.url, 'other'));
    expect(answer.error?.code).toBe('copy-without-log');
  });

  test('with other applied revisions says whose plan it is', async () => {
    await sql(database(server.url, 'live'), `insert into mikro_orm_migrations (name) values ('${next}')`);
    const { answer } = await rehearse(join(folder, 'live.dump'));
    expect(answer.caveats[0]).toContain('live.dump has 1 applied revisions and live 2');
    await sql(database(server.url, 'live'), `delete from mikro_orm_migrations where name = '${next}'`);
  });
});
