import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { makeFolder, makeProject, repository } from '../test/support/project.ts';
import type { Command } from './measure.ts';

/** A tool that can upgrade and downgrade a database with the same small revisions. */
export interface Contender {
  readonly name: string;
  up(database: string): Command;
  down(database: string): Command;
}

const tableOf = (at: number): string => `table_${at}`;
const upOf = (at: number): string =>
  `create table "${tableOf(at)}" ("id" serial primary key, "name" text not null)`;
const downOf = (at: number): string => `drop table "${tableOf(at)}"`;
const nameOf = (at: number): string => `Migration${20260101000000 + at}_table_${at}`;

/** The stock CLI, migtui, and other installed tools, each on a project with this number of revisions. */
export async function contenders(count: number): Promise<Contender[]> {
  return [
    ...(await mikroOrm(count)),
    ...(await psql(count)),
    ...(await nodePgMigrate(count)),
    ...(await alembic(count)),
  ];
}

async function mikroOrm(count: number): Promise<Contender[]> {
  const at = Array.from({ length: count }, (_, index) => index + 1);
  const migrations = Object.fromEntries(at.map(n => [nameOf(n), { up: upOf(n), down: downOf(n) }]));
  const url = 'postgres://unused@127.0.0.1:1/unused';
  const clientUrl = 'clientUrl: process.env.DATABASE,';
  const plain = await makeProject({ migrations, url, config: clientUrl });
  const journal = await makeProject({
    migrations,
    url,
    config: `${clientUrl} schemaGenerator: { ignoreSchema: ['migtui'] },`,
  });
  const stock = join(repository, 'node_modules/@mikro-orm/cli/cli.js');
  const own = join(repository, 'bin/migtui.js');
  const by =
    (cwd: string, script: string, ...args: string[]) =>
    (database: string): Command => ({
      program: process.execPath,
      args: [script, ...args],
      cwd,
      env: { ...process.env, DATABASE: database },
    });
  const each = ['--transaction', 'each'];
  const down = ['downgrade', 'base', '--yes'];
  return [
    {
      name: 'stock CLI',
      up: by(plain.root, stock, 'migration:up'),
      down: by(plain.root, stock, 'migration:down', '--to', '0'),
    },
    {
      name: 'migtui',
      up: by(plain.root, own, 'upgrade', 'head', '--yes'),
      down: by(plain.root, own, ...down),
    },
    {
      name: 'migtui, journal',
      up: by(journal.root, own, 'upgrade', 'head', '--yes'),
      down: by(journal.root, own, ...down),
    },
    {
      name: 'migtui each, journal',
      up: by(journal.root, own, 'upgrade', 'head', '--yes', ...each),
      down: by(journal.root, own, ...down, ...each),
    },
  ];
}

/** The same statements with log rows in one transaction: the lower bound for the server. */
async function psql(count: number): Promise<Contender[]> {
  if (!works('psql', '--version')) return [];
  const root = await makeFolder('psql');
  const script = (statement: (at: number) => string, log: (at: number) => string, order: number[]): string =>
    [
      'begin;',
      'create table if not exists "log" ("id" serial primary key, "name" varchar(255), "executed_at" timestamptz(0) default current_timestamp);',
      ...order.flatMap(at => [`${statement(at)};`, `${log(at)};`]),
      'commit;',
    ].join('\n');
  const order = Array.from({ length: count }, (_, index) => index + 1);
  const up = script(upOf, at => `insert into "log" ("name") values ('${nameOf(at)}')`, order);
  const down = script(downOf, at => `delete from "log" where "name" = '${nameOf(at)}'`, order.toReversed());
  const by =
    (file: string) =>
    (database: string): Command => ({
      program: 'psql',
      args: ['-q', '-X', '-v', 'ON_ERROR_STOP=1', '-d', database, '-f', join(root, file)],
    });
  await writeFile(join(root, 'up.sql'), up);
  await writeFile(join(root, 'down.sql'), down);
  return [{ name: 'psql, one transaction', up: by('up.sql'), down: by('down.sql') }];
}

async function nodePgMigrate(count: number): Promise<Contender[]> {
  const bin = installed('node-pg-migrate/bin/node-pg-migrate');
  if (!bin) return [];
  const root = await makeFolder('node-pg-migrate');
  await mkdir(join(root, 'migrations'));
  for (let at = 1; at <= count; at++) {
    const text = `-- Up Migration\n${upOf(at)};\n-- Down Migration\n${downOf(at)};\n`;
    await writeFile(join(root, `migrations/${1767225600000 + at}_table-${at}.sql`), text);
  }
  const by =
    (...args: string[]) =>
    (database: string): Command => ({
      program: process.execPath,
      args: [bin, ...args, '--migration-file-language', 'sql', '--single-transaction'],
      cwd: root,
      env: { ...process.env, DATABASE_URL: database },
    });
  return [{ name: 'node-pg-migrate', up: by('up'), down: by('down', String(count)) }];
}

async function alembic(count: number): Promise<Contender[]> {
  if (!works('alembic', '--version')) return [];
  const root = await makeFolder('alembic');
  await mkdir(join(root, 'env/versions'), { recursive: true });
  await writeFile(join(root, 'alembic.ini'), '[alembic]\nscript_location = env\n');
  await writeFile(
    join(root, 'env/env.py'),
    [
      'import os',
      'from alembic import context',
      'from sqlalchemy import create_engine',
      "engine = create_engine(os.environ['DATABASE'].replace('postgres://', 'postgresql://'))",
      'with engine.connect() as connection:',
      '    context.configure(connection=connection)',
      '    with context.begin_transaction():',
      '        context.run_migrations()',
    ].join('\n'),
  );
  for (let at = 1; at <= count; at++) {
    const before = at === 1 ? 'None' : `'r${at - 1}'`;
    const text = [
      'from alembic import op',
      `revision = 'r${at}'`,
      `down_revision = ${before}`,
      `def upgrade():\n    op.execute('${upOf(at)}')`,
      `def downgrade():\n    op.execute('${downOf(at)}')`,
    ].join('\n');
    await writeFile(join(root, `env/versions/r${at}.py`), `${text}\n`);
  }
  const by =
    (...args: string[]) =>
    (database: string): Command => ({
      program: 'alembic',
      args,
      cwd: root,
      env: { ...process.env, DATABASE: database },
    });
  return [{ name: 'Alembic', up: by('upgrade', 'head'), down: by('downgrade', 'base') }];
}

function works(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Path of a file in a package that is installed here or in the folder of `BENCH_MODULES`; null: not
 * installed.
 */
function installed(file: string): string | null {
  for (const from of [process.env.BENCH_MODULES, repository]) {
    try {
      if (from) return createRequire(join(from, 'package.json')).resolve(file);
    } catch {
      // Not there.
    }
  }
  return null;
}
