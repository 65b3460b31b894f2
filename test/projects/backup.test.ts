import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasDebianServer, startDebianServer } from '../support/debian-server.ts';
import { makeProject, migtui } from '../support/project.ts';
import type { Server } from '../support/server.ts';
import { answer } from './support.ts';

/*
 * Backups with the real pg_dump, restored by the command that migtui prints. Requires Debian's postgresql-15.
 */

const tables = 'Migration20260101000000_tables';
const loss = 'Migration20260102000000_loss';
const migrations = {
  [tables]: {
    up: [
      `create table "chats" ("id" serial primary key, "title" text not null check ("title" <> ''))`,
      `insert into "chats" ("title") select 'chat ' || n from generate_series(1, 2000) n`,
      'create view "titles" as select "title" from "chats"',
    ],
    down: ['drop view "titles"', 'drop table "chats"'],
  },
  [loss]: { up: ['drop view "titles"', 'drop table "chats"'], down: 'select 1' },
};

describe.skipIf(!hasDebianServer(15))('PostgreSQL 15 with its own pg_dump', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startDebianServer(15);
  });
  afterAll(() => server.stop());

  async function ask(url: string, sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async function setUp(name: string) {
    await ask(server.url, `create database "${name}"`);
    const url = server.url.replace(/postgres$/, name);
    const project = await makeProject({ url: url, migrations });
    const schema = () =>
      execFileSync('pg_dump', ['--schema-only', `--dbname=${url}`], { encoding: 'utf8' }).replaceAll(
        /^\\(un)?restrict .*$/gm,
        '',
      );
    return { url, project, schema };
  }

  test.each(['custom', 'directory'])('schema and rows are restored from the %s format', async format => {
    const { url, project, schema } = await setUp(`chat_${format}`);
    await project.write('migtui.config.json', JSON.stringify({ backup: { format } }));
    expect((await migtui(project, ['upgrade', tables, '--yes'])).code).toBe(0);
    const before = schema();
    const { backup, tips } = await answer(project, ['upgrade', 'head', '--yes', '--backup']);
    expect(tips).toEqual([loss]);
    expect((statSync(backup.path).mode & 0o777).toString(8)).toBe(format === 'custom' ? '600' : '700');
    await expect(ask(url, 'select * from chats')).rejects.toThrow('does not exist');
    execFileSync('sh', ['-c', backup.restore]);
    expect(schema()).toBe(before);
    expect(await ask(url, 'select count(*)::int as n, max(title) as last from titles')).toEqual([
      { n: 2000, last: 'chat 999' },
    ]);
    expect(await answer(project, ['current'])).toMatchObject({ rows: [{ id: tables }] });
  });

  test('with --schema, only that schema is backed up and restored', async () => {
    const { url, project } = await setUp('chat_schemas');
    for (const schema of ['a', 'b']) {
      expect((await migtui(project, ['upgrade', tables, '--yes', '--schema', schema])).code).toBe(0);
    }
    const { backup } = await answer(project, [
      'upgrade',
      'head',
      '--yes',
      '--schema',
      'a',
      '--backup',
      'kept',
    ]);
    expect(backup.path).toMatch(/\/kept\/chat_schemas\.a-\d{8}T\d{6}Z-20260101000000\.dump$/);
    await ask(url, 'delete from b.chats where id > 5');
    execFileSync('sh', ['-c', backup.restore]);
    expect(
      await ask(url, 'select count(*)::int as a, (select count(*)::int from b.chats) as b from a.chats'),
    ).toEqual([{ a: 2000, b: 5 }]);
  });

  test('settings require a backup for every run, --no-backup skips it, and the plan says so', async () => {
    const { project } = await setUp('chat_always');
    await project.write('migtui.config.json', JSON.stringify({ backup: true }));
    const first = await answer(project, ['upgrade', tables, '--yes']);
    expect(first.backup.path).toMatch(/chat_always-\d{8}T\d{6}Z-base\.dump$/);
    const plan = await migtui(project, ['upgrade', 'head', '--plan']);
    expect(plan.stderr).toContain('Backup first, to backups.');
    const second = await answer(project, ['upgrade', 'head', '--yes', '--no-backup']);
    expect(second).not.toHaveProperty('backup');
    expect(await project.list('backups')).toHaveLength(2);
  });
});

test('a server newer than every pg_dump is reported, and nothing runs', async () => {
  const { createDatabase } = await import('../support/server.ts');
  const database = await createDatabase();
  const project = await makeProject({ url: database.url, migrations });
  const { code, error } = await answer(project, ['upgrade', 'head', '--yes', '--backup'], {
    env: { PATH: hasDebianServer(15) ? `/usr/lib/postgresql/15/bin:${process.env.PATH}` : process.env.PATH! },
  });
  expect(code).toBe(1);
  expect(error).toMatchObject({ code: 'backup-failed', next: expect.stringContaining('PostgreSQL 18') });
  expect(await answer(project, ['current'])).toMatchObject({ rows: [] });
});
