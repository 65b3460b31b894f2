import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ShadowCache } from '../../src/database/shadow/cache.ts';
import { changesBetween } from '../../src/database/shadow/effects.ts';
import { loadPGlite } from '../../src/database/shadow/packages.ts';
import { scratchPrefix } from '../../src/database/shadow/server.ts';
import type { Project } from '../../src/project/project.ts';
import { asking, downs, engineOn, freshCache, openedShadow, projectOf, ups } from '../authoring/support.ts';
import { makeFolder } from '../support/project.ts';
import { createDatabase, serverUrl } from '../support/server.ts';

const closing: (() => Promise<void>)[] = [];
const opened = async (...args: Parameters<typeof openedShadow>) => {
  const one = await openedShadow(...args);
  closing.push(one.close);
  return one;
};
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Many PostgreSQL features: both shadows must read them the same way. */
const rich = {
  Migration20260101000000_types: {
    up: [
      `create extension if not exists "pg_trgm"; create schema app;`,
      `create type mood as enum ('sad', 'ok'); create domain email as text check (value like '%@%')`,
      `create table users (id serial primary key, mail email not null, mood mood default 'ok', tags text[], name varchar(80) collate "C")`,
      `create table app.notes (id bigint generated always as identity primary key, user_id int references users on delete cascade, body text not null default 'x''y', size int generated always as (length(body)) stored)`,
      `create index notes_body on app.notes using gin (body gin_trgm_ops); create unique index on users (lower(name)) where name is not null`,
      `create view loud as select upper(name) as name from users; create materialized view counts as select count(*) as n from app.notes`,
      `create function touch() returns trigger language plpgsql as $$ begin return new; end $$; create trigger touched before update on users for each row execute function touch()`,
      `alter table users add constraint named check (name <> ''), enable row level security; create policy own on users using (true); comment on column users.name is 'nick'`,
      `create sequence tickets increment 10`,
    ],
    down: [
      `drop schema app cascade; drop sequence tickets; drop view loud; drop table users; drop domain email; drop type mood; drop function touch; drop extension pg_trgm`,
    ],
  },
  Migration20260102000000_grow: { up: `alter type mood add value 'glad'`, down: [] },
  Migration20260103000000_concurrently: {
    transactional: false as const,
    up: [
      `create index concurrently users_mail on users (mail)`,
      `alter table users alter column mood set default 'glad'`,
    ],
    down: `drop index concurrently users_mail`,
  },
};
const all = Object.keys(rich);

describe('a replay', () => {
  test('describes the schema changes of each revision', async () => {
    const project = await projectOf({ migrations: rich });
    const { shadow, sources } = await opened(project.root);
    const before = await shadow.after([], sources);
    const first = await shadow.after(ups(all[0]!), sources);
    const last = await shadow.after(ups(...all), sources);
    const words = (from: typeof before, to: typeof before) =>
      changesBetween(from.inventory, to.inventory).map(({ sign, words }) => `${sign} ${words}`);
    expect(words(before, first)).toEqual([
      `+ domain email text CHECK ((VALUE ~~ '%@%'::text))`,
      `+ enum mood ('sad', 'ok')`,
      '+ extension pg_trgm',
      '+ function touch()',
      '+ materialized view counts',
      '+ schema app',
      '+ sequence tickets',
      '+ table app.notes',
      '+ table users',
      '+ view loud',
    ]);
    expect(words(first, last)).toEqual([
      `~ enum mood gains 'glad'`,
      '+ users index users_mail (mail)',
      `~ users.mood default 'ok' -> 'glad'`,
    ]);
  });

  test('reads schemas after revisions that drop all prepared statements', async () => {
    const project = await projectOf({
      migrations: {
        Migration20260101000000_one: { up: 'create table one (id int)', down: 'drop table one' },
        Migration20260102000000_two: {
          up: ['deallocate all', 'create table two (id int)'],
          down: ['deallocate all', 'drop table two'],
        },
        Migration20260103000000_three: { up: 'create table three (id int)', down: 'drop table three' },
      },
    });
    const { shadow, sources } = await opened(project.root);
    const names = [...sources.keys()];
    const trips = await shadow.roundTrips([], ups(...names), sources);
    expect(
      trips.map(({ changes, undone, redone }) => [
        changes.map(one => one.words),
        undone.outcome,
        redone.outcome,
      ]),
    ).toEqual([
      [['table one'], 'same', 'same'],
      [['table two'], 'same', 'same'],
      [['table three'], 'same', 'same'],
    ]);
  });

  test('starts from the empty cluster of the same PGlite version', async () => {
    const { root } = await projectOf({ migrations: {} });
    const pglite = await loadPGlite({ root } as Project);
    expect(await pglite.emptyCluster()).toBeInstanceOf(Blob);
  });

  test('reads the same schema on a server, and leaves nothing behind', async () => {
    const project = await projectOf({ migrations: rich });
    const database = await createDatabase();
    const embedded = await opened(project.root);
    const served = await opened(project.root, {
      url: database.url,
      cache: await freshCache(),
    });
    const [one, other] = [
      await embedded.shadow.after(ups(...all), embedded.sources),
      await served.shadow.after(ups(...all), served.sources),
    ];
    expect(other.inventory).toEqual(one.inventory);
    expect(JSON.stringify(other.schema(served.project.orm))).toBe(
      JSON.stringify(one.schema(embedded.project.orm)),
    );
    await served.shadow.close();
    const left = await database.query(
      `select datname from pg_database where starts_with(datname, '${scratchPrefix(database.url)}')`,
    );
    expect(left).toEqual([]);
  });

  test('of a downgrade restores the schema', async () => {
    const project = await projectOf({ migrations: rich });
    const { shadow, sources } = await opened(project.root);
    const empty = await shadow.after([], sources);
    const back = await shadow.after([...ups(all[0]!), ...downs(all[0]!)], sources);
    expect(changesBetween(empty.inventory, back.inventory)).toEqual([]);
  });

  test('is cached by content: the second runs nothing, an edit runs the rest', async () => {
    const cache = await freshCache();
    const slow = { Migration20260103500000_slow: { up: 'select pg_sleep(0.5)' } };
    const project = await projectOf({ migrations: { ...rich, ...slow } });
    const all = Object.keys({ ...rich, ...slow });
    const first = await opened(project.root, { cache });
    const one = await first.shadow.after(ups(...all), first.sources);
    expect(first.replayed).toEqual(all);

    const again = await opened(project.root, { cache });
    const two = await again.shadow.after(ups(...all), again.sources);
    expect(again.replayed).toEqual([]);
    expect(two.inventory).toEqual(one.inventory);

    await project.addMigration('Migration20260104000000_more', { up: 'create table more (id int)' });
    const edited = await opened(project.root, { cache });
    await edited.shadow.after(ups(...all, 'Migration20260104000000_more'), edited.sources);
    expect(edited.replayed).toEqual(['Migration20260104000000_more']);
  });

  test('detects an edit of an imported file', async () => {
    const cache = await freshCache();
    const project = await projectOf({
      files: { 'migrations/helpers/sql.ts': `export const sql = 'create table one (id int)';` },
      migrations: {
        Migration20260101000000_helped: `import { Migration } from '@mikro-orm/migrations';
import { sql } from './helpers/sql.ts';
export class Migration20260101000000_helped extends Migration {
  override up(): void { this.addSql(sql); }
}`,
      },
    });
    const id = 'Migration20260101000000_helped';
    const first = await opened(project.root, { cache });
    await first.shadow.after(ups(id), first.sources);
    await project.write('migrations/helpers/sql.ts', `export const sql = 'create table two (id int)';`);
    const second = await opened(project.root, { cache });
    await second.shadow.after(ups(id), second.sources);
    expect(second.replayed).toEqual([id]);
  });

  test('ignores invalid cache files', async () => {
    const folder = await makeFolder();
    const project = await projectOf({
      migrations: { Migration20260101000000_a: { up: 'create table a (id int)' } },
    });
    const first = await opened(project.root, { cache: await freshCache(folder) });
    await first.shadow.after(ups('Migration20260101000000_a'), first.sources);
    const { writeFileSync } = await import('node:fs');
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'rubbish');
    const second = await opened(project.root, { cache: new ShadowCache(folder) });
    const { inventory } = await second.shadow.after(ups('Migration20260101000000_a'), second.sources);
    expect(inventory).toContainEqual(expect.objectContaining({ kind: 'table', name: 'a' }));
  });
});

describe('a replay that fails', () => {
  test("names the revision and PostgreSQL's error", async () => {
    const project = await projectOf({
      migrations: {
        Migration20260101000000_bad: { up: ['create table a (id int)', 'alter table b add c int'] },
      },
    });
    const { shadow, sources } = await opened(project.root);
    const failing = shadow.after(ups('Migration20260101000000_bad'), sources);
    await expect(failing).rejects.toMatchObject({
      code: 'replay-failed',
      revision: 'Migration20260101000000_bad',
      sql: { sqlState: '42P01', statement: 'alter table b add c int' },
    });
  });

  test.each([
    ['an extension', 'create extension plpython3u', 'extension "plpython3u"'],
    ['a type of an extension that no revision creates', 'create table a (v vector(3))', 'extension "vector"'],
  ])('names %s that PGlite lacks, and the solution', async (_, up, thing) => {
    const project = await projectOf({ migrations: { Migration20260101000000_needs: { up } } });
    const { shadow, sources } = await opened(project.root);
    const failing = shadow.after(ups('Migration20260101000000_needs'), sources);
    await expect(failing).rejects.toMatchObject({
      code: 'shadow-lacks',
      message: expect.stringContaining(thing),
      next: expect.stringContaining('--shadow'),
    });
  });
});

test('loads an extension that another one requires', async () => {
  const project = await projectOf({
    migrations: { M1: { up: 'create extension earthdistance cascade' } },
  });
  const { shadow, sources } = await opened(project.root);
  const { inventory } = await shadow.outcome(ups('M1'), sources);
  const names = inventory.filter(({ kind }) => kind === 'extension').map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['cube', 'earthdistance']));
});

test('creates roles that revisions refer to', async () => {
  const id = 'Migration20260101000000_needs';
  const own = 'Migration20260102000000_own';
  const project = await projectOf({
    migrations: {
      [id]: {
        up: `create table a (id int); grant select on a to "Reporting"; alter table a enable row level security; create policy p on a to auditor using (true)`,
      },
      // in one string: the role is created by the first of its statements
      [own]: { up: `create role keeper; create table b (id int); grant select on b to keeper` },
    },
  });
  const { shadow, sources } = await opened(project.root);
  const { inventory } = await shadow.outcome(ups(id, own), sources);
  const tables = inventory.filter(({ kind }) => kind === 'table').map(({ is }) => is.privileges);
  expect(tables).toEqual([
    expect.stringContaining('"Reporting"=SELECT'),
    expect.stringContaining('keeper=SELECT'),
  ]);
});

test('finds an extension in an installed package, unless it is for another PGlite', async () => {
  const { version } = await loadPGlite({ root: await makeFolder() } as Project);
  const install = async (peer: string) => {
    const root = await makeFolder();
    const at = join(root, 'node_modules/@electric-sql/pglite-pgvector');
    const manifest = {
      name: '@electric-sql/pglite-pgvector',
      version: '0.0.9',
      type: 'module',
      main: 'index.js',
      peerDependencies: { '@electric-sql/pglite': peer },
    };
    await mkdir(at, { recursive: true });
    await writeFile(join(at, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(at, 'index.js'), `export const vector = { name: 'vector' };`);
    return (await loadPGlite({ root } as Project)).extension('vector');
  };
  expect(await install(version)).toEqual({ name: 'vector' });
  await expect(install('0.4.1')).rejects.toMatchObject({
    code: 'shadow-extension-version',
    message: expect.stringContaining(
      `pglite-pgvector 0.0.9 is for @electric-sql/pglite 0.4.1, and the shadow is ${version}`,
    ),
    next: expect.stringContaining('npm install --save-dev @electric-sql/pglite@0.4.1'),
  });
});

describe('a shadow server', () => {
  test('keeps no role of a revision, and a second rehearsal has the same result', async () => {
    const database = await createDatabase();
    const [made, missing, own] = ['made', 'missing', 'own'].map(
      name => `shadow_${name}_${database.name}`,
    ) as [string, string, string];
    await database.query(`create role ${own}; comment on role ${own} is 'mine'`);
    const project = await projectOf({
      migrations: {
        M1: { revises: [], up: 'create table a (id int)', down: 'drop table a' },
        M2: {
          revises: ['M1'],
          up: [`create role ${made}`, `grant select on a to ${made}`, `create role ${own} superuser`],
          down: [`drop owned by ${made}`, `drop role ${made}`, `drop role ${own}`],
        },
        M3: {
          revises: ['M1'],
          up: `grant insert on a to ${missing}`,
          down: `revoke all on a from ${missing}`,
        },
      },
    });
    const roles = () =>
      database.query(
        `select rolname, rolsuper, shobj_description(oid, 'pg_authid') as about from pg_roles where rolname like 'shadow%${database.name}'`,
      );
    for (let time = 0; time < 2; time++) {
      const engine = await engineOn(project.root, { shadow: database.url });
      expect(await engine.rehearse([])).toMatchObject({
        verdict: 'overlaps',
        differences: [],
        downAndUp: { ok: true },
      });
      await engine.close();
      expect(await roles()).toEqual([{ rolname: own, rolsuper: false, about: 'mine' }]);
    }
    // Left by a killed rehearsal.
    await database.query(
      `create role ${made}; comment on role ${made} is 'made by a rehearsal of migtui 0123'`,
    );
    const { shadow, sources } = await opened(project.root, { url: database.url, cache: await freshCache() });
    await shadow.outcome(ups('M1'), sources);
    expect(await roles()).toHaveLength(1);
    // Creating a role twice still fails.
    await project.addMigration('M4', { revises: ['M2'], up: `create role ${made}` });
    const again = await opened(project.root, { url: database.url });
    await expect(again.shadow.outcome(ups('M1', 'M2', 'M4'), again.sources)).rejects.toMatchObject({
      code: 'replay-failed',
      revision: 'M4',
    });
  });

  test('changes no database, role or parameter of the server', async () => {
    const database = await createDatabase();
    const [own, missing] = ['own', 'missing'].map(name => `kept_${name}_${database.name}`) as [
      string,
      string,
    ];
    await database.query(
      `create role ${own}; comment on role ${own} is 'mine'; alter database ${database.name} owner to ${own}`,
    );
    const project = await projectOf({
      migrations: {
        M2: { revises: ['M1'], up: `drop owned by ${own}` },
        M1: {
          revises: [],
          up: [
            `grant connect on database ${database.name} to ${missing}`,
            `comment on database ${database.name} is 'changed'`,
            `alter database ${database.name} owner to current_user`,
            `grant set on parameter work_mem to ${own}`,
            `comment on role ${own} is 'changed'`,
            `drop role ${own}`,
            `reassign owned by ${missing} to current_user`,
            `set role ${missing}`,
            `reset role`,
          ],
        },
      },
    });
    const shared = () =>
      database.query(
        `select datacl::text, datdba::regrole::text, shobj_description(oid, 'pg_database') as about,
           array(select paracl::text from pg_parameter_acl) as parameters,
           (select json_agg(rolname || ' ' || shobj_description(oid, 'pg_authid')) from pg_roles where rolname like 'kept%') as roles
         from pg_database where datname = '${database.name}'`,
      );
    const before = await shared();
    const { shadow, sources, close } = await openedShadow(project.root, { url: database.url });
    await shadow.outcome(ups('M1'), sources);
    await expect(shadow.outcome(ups('M1', 'M2'), sources)).rejects.toMatchObject({
      code: 'shadow-cluster-wide',
      message: expect.stringContaining(
        `changes objects or privileges of the role "${own}" on the whole server`,
      ),
    });
    await close();
    expect(await shared()).toEqual(before);
  });

  test('a role that a code block creates is created in each scratch database', async () => {
    const database = await createDatabase();
    const role = `block_${database.name}`;
    const project = await projectOf({
      migrations: {
        M1: { revises: [], up: 'create table a (id int)', down: 'drop table a' },
        M2: {
          revises: ['M1'],
          up: `do $$ begin create role ${role}; end $$`,
          down: `drop role ${role}`,
        },
        M3: { revises: ['M1'], up: 'alter table a add b int', down: 'alter table a drop b' },
      },
    });
    await asking(
      project.root,
      async engine => expect(await engine.rehearse([])).toMatchObject({ verdict: 'fits' }),
      { shadow: database.url },
    );
    expect(await database.query(`select rolname from pg_roles where rolname = '${role}'`)).toEqual([]);
  });

  test.each([
    ['create database other', 'creates a database'],
    ['alter system set work_mem = 64', 'changes the settings of the server'],
    [`copy (select 1) to program 'cat >/tmp/migtui-copied'`, 'runs a program on the server'],
    [`copy (select 1) to '/tmp/migtui-copied'`, 'writes a file on the server'],
    [`select lo_export(1, '/tmp/migtui-copied')`, 'writes a file on the server'],
    ['select pg_terminate_backend(pid) from pg_stat_activity where false', 'terminates another session'],
    [`create subscription s connection 'host=x' publication p`, 'creates a subscription'],
    [`select pg_replication_origin_create('o')`, 'creates a replication origin'],
    ['alter role postgres rename to other', 'renames a role'],
  ])('refuses what affects more than the scratch database: %s', async (up, what) => {
    const project = await projectOf({ migrations: { M1: { transactional: false, up } } });
    const { shadow, sources } = await opened(project.root, { url: (await createDatabase()).url });
    await expect(shadow.outcome(ups('M1'), sources)).rejects.toMatchObject({
      code: 'shadow-cluster-wide',
      message: expect.stringContaining(what),
      next: expect.stringContaining('PGlite'),
    });
  });

  test('removes what a killed run left, and keeps what is in use', async () => {
    const project = await projectOf({
      migrations: { Migration20260101000000_a: { up: 'create table a (id int)' } },
    });
    const database = await createDatabase();
    const cache = await freshCache();
    const names = async () =>
      (
        await database.query<{ datname: string }>(
          `select datname from pg_database where starts_with(datname, '${scratchPrefix(database.url)}')`,
        )
      ).map(row => row.datname);
    const living = await opened(project.root, { url: database.url, cache });
    await living.shadow.after(ups('Migration20260101000000_a'), living.sources);
    const [inUse] = await names();
    const leftover = `${inUse}9`;
    await database.query(`create database "${leftover}"`);
    const next = await opened(project.root, {
      url: database.url,
      cache: await freshCache(),
    });
    expect(await names()).toEqual([inUse]);
    await next.shadow.after(ups('Migration20260101000000_a'), next.sources);
    expect(await names()).toHaveLength(2);
  });

  test('that does not exist is reported without its password', async () => {
    const project = await projectOf();
    const url = new URL(serverUrl());
    url.password = 'wrong-secret';
    const failing = openedShadow(project.root, { url: url.href });
    await expect(failing).rejects.toMatchObject({ code: 'shadow-unreachable' });
    await expect(failing).rejects.not.toThrow('wrong-secret');
  });
});
