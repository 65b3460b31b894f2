import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { fileStem, prefixOf } from '../../src/database/backup/names.ts';
import { deleteOld } from '../../src/database/backup/retention.ts';
import { queryOn } from '../../src/database/connect/monitor.ts';
import { readJournal } from '../../src/database/journal/reader.ts';
import { ledgerTable } from '../../src/database/ledger.ts';
import type { BackupOptions } from '../../src/engine/api.ts';
import { makeFolder, makeProject, type Project } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { type Opened, open } from './support.ts';

const exec = promisify(execFile);
const chats = 'Migration20260101000000_chats';
const rows = 'Migration20260102000000_rows';
const migrations = {
  [chats]: { up: 'create table "chats" ("id" serial primary key, "title" text)', down: 'drop table "chats"' },
  [rows]: { up: `insert into "chats" ("title") values ('a'), ('b')`, down: 'delete from "chats"' },
};
const journalled = `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }`;
const plain: BackupOptions = { folder: 'backups', format: 'custom' };

const opened: Opened[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

async function openProject(project: Project): Promise<Opened> {
  const app = await open(project.root);
  opened.push(app);
  return app;
}

/** Files of the backups folder, without its .gitignore. */
async function backupsOf(project: Project, folder = 'backups'): Promise<string[]> {
  const names = await readdir(project.path(folder)).catch(() => []);
  return names.filter(name => name !== '.gitignore').sort();
}

const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

/**
 * A pg_dump that records its arguments, for what the real one does not let a test observe or do.
 * @param dump shell commands that replace the dump; `$file` is the file to write
 */
async function fakePgDump(dump = 'echo content > "$file"', version = '18.4', list = '; TOC Entries: 3') {
  const folder = await makeFolder('bin');
  const log = join(folder, 'log');
  const program = (body: string) => `#!/bin/sh\n${body}\n`;
  const pgDump = join(folder, 'pg_dump');
  await writeFile(
    pgDump,
    program(`if [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) ${version}"; exit 0; fi
for arg in "$@"; do case $arg in --file=*) file=\${arg#--file=};; esac; done
{ echo "args $*"; echo "password $PGPASSWORD"; echo "host $PGHOST $PGPORT $PGUSER $PGDATABASE"; stat -c 'mode %a' "$file"; } >> ${log}
${dump}`),
  );
  await writeFile(join(folder, 'pg_restore'), program(`echo ';'; echo '${list}'`));
  await chmod(pgDump, 0o755);
  await chmod(join(folder, 'pg_restore'), 0o755);
  return { pgDump, log: () => readFile(log, 'utf8') };
}

async function serverProject(): Promise<{ database: Database; project: Project; app: Opened }> {
  const database = await createDatabase();
  const project = await makeProject({ url: database.url, migrations, config: journalled });
  return { database, project, app: await openProject(project) };
}

describe('an embedded database', () => {
  test('is backed up before the run, and the restore command restores it', async () => {
    const project = await makeProject({ pglite: true, migrations, config: journalled });
    const app = await openProject(project);
    await app.run(`up ${chats}`);
    const result = await app.start(await app.plan(`up ${rows}`), { backup: plain }).result;
    expect(result).toMatchObject({ failure: null, backup: { format: 'pglite' } });
    const [name] = await backupsOf(project);
    const { path, restore, bytes } = result.backup!;
    expect(path).toBe(project.path(`backups/${name}`));
    expect(name).toMatch(/^\.?_?data-\d{8}T\d{6}Z-20260101000000\.tar\.gz$/);
    expect(await mode(path)).toBe('600');
    expect(bytes).toBe((await stat(path)).size);
    expect(await readFile(project.path('backups/.gitignore'), 'utf8')).toBe('*\n');
    const entries = await readJournal(queryOn(app.connection.orm), ledgerTable(app.project));
    expect(entries[0]).toMatchObject({ revision: rows, backup: { path, restore } });
    expect(entries.at(-1)).toMatchObject({ revision: chats });
    expect(entries.at(-1)).not.toHaveProperty('backup');

    await opened.pop()!.close();
    await exec('sh', ['-c', restore]);
    const restored = await openProject(project);
    expect(await restored.applied()).toEqual([chats]);
    expect(await restored.connection.query('select * from chats')).toEqual([]);
  });
});

describe('a server', () => {
  test('is dumped with the password in the environment, into a file that only its owner can read', async () => {
    const { database, project, app } = await serverProject();
    const { pgDump, log } = await fakePgDump();
    await app.run(`up ${chats}`);
    const { failure, backup } = await app.start(await app.plan(`up ${rows}`), {
      backup: { ...plain, pgDump },
    }).result;
    expect(failure).toBeNull();
    const { password, hostname, port } = new URL(database.url);
    const text = await log();
    expect(text).toContain(`password ${decodeURIComponent(password)}\n`);
    expect(text).toContain(`host ${hostname} ${port} postgres ${database.name}\n`);
    expect(text).toContain('mode 600\n');
    expect(text.split('\n')[0]).not.toContain(decodeURIComponent(password));
    expect(await backupsOf(project)).toEqual([
      expect.stringMatching(new RegExp(`^${database.name}-\\d{8}T\\d{6}Z-20260101000000\\.dump$`)),
    ]);
    expect(backup!.restore).toBe(
      `pg_restore --host=${hostname} --port=${port} --username=postgres --clean --if-exists --create --dbname=postgres ${backup!.path}`,
    );
    expect(app.events.map(event => event.kind)).toContain('backup-done');
    const order = app.events.slice(app.events.findIndex(event => event.kind === 'backup-done'));
    expect(order.some(event => event.kind === 'statement')).toBe(true);
  });

  test.each([
    [
      'pg_dump fails',
      'echo partial > "$file"; echo "pg_dump: error: No space left on device" >&2; exit 1',
      {},
      /No space left on device/,
    ],
    ['the dump cannot be read back', 'echo x > "$file"', { list: 'nothing' }, /could not be read back/],
    ['pg_dump is too old', 'true', { version: '9.6.24' }, /pg_dump 9 .* is too old/],
  ])(
    'when %s, nothing runs and nothing is left',
    async (_, dump, { version, list }: { version?: string; list?: string }, words) => {
      const { project, app } = await serverProject();
      const { pgDump } = await fakePgDump(dump, version, list);
      const run = app.start(await app.plan(`up ${chats}`), { backup: { ...plain, pgDump } });
      await expect(run.result).rejects.toMatchObject({
        code: 'backup-failed',
        message: expect.stringMatching(words),
      });
      expect(await backupsOf(project)).toEqual([]);
      expect(await app.applied()).toEqual([]);
      // The lock is free again.
      expect(await app.run(`up ${chats}`)).toMatchObject({ failure: null });
    },
  );

  test('a missing pg_dump is named', async () => {
    const { app } = await serverProject();
    const run = app.start(await app.plan(`up ${chats}`), {
      backup: { ...plain, pgDump: '/nowhere/pg_dump' },
    });
    await expect(run.result).rejects.toMatchObject({
      code: 'backup-failed',
      message: expect.stringContaining('/nowhere/pg_dump'),
    });
  });

  test('cancelling during the backup stops it and leaves nothing', async () => {
    const { project, app } = await serverProject();
    const { pgDump, log } = await fakePgDump('echo half > "$file"; exec sleep 600');
    const run = app.start(await app.plan(`up ${chats}`), { backup: { ...plain, pgDump } });
    await app.hears(event => event.kind === 'backup' && event.bytes > 0);
    expect(await log()).toContain('args');
    await run.cancel('rollback');
    await expect(run.result).rejects.toMatchObject({ code: 'cancelled' });
    expect(await backupsOf(project)).toEqual([]);
    expect(await app.applied()).toEqual([]);
  });

  test('a plan that only stamps takes no backup', async () => {
    const { project, app } = await serverProject();
    const { pgDump } = await fakePgDump();
    const result = await app.start(await app.plan(`log ${chats}`), { backup: { ...plain, pgDump } }).result;
    expect(result.failure).toBeNull();
    expect(result).not.toHaveProperty('backup');
    expect(await backupsOf(project)).toEqual([]);
  });

  test('older backups of the same database are deleted according to the settings, after the new one is complete', async () => {
    const { database, project, app } = await serverProject();
    const { pgDump } = await fakePgDump();
    await mkdir(project.path('backups'));
    const day = 86_400_000;
    const old = async (name: string, days: number) => {
      await writeFile(project.path(`backups/${name}`), 'x');
      const at = new Date(Date.now() - days * day);
      await utimes(project.path(`backups/${name}`), at, at);
    };
    await old(`${database.name}-20260101T000000Z-base.dump`, 30);
    await old(`${database.name}-20260102T000000Z-base.dump`, 2);
    await old(`${database.name}-20260103T000000Z-base.dump`, 1);
    await old(`${database.name}2-20260101T000000Z-base.dump`, 30);
    await old('notes.txt', 90);
    await old(`${database.name}-20260101T000000Z-base.dump.999999999.partial`, 30);
    const { backup } = await app.start(await app.plan(`up ${chats}`), {
      backup: { ...plain, pgDump, keep: 3, keepFor: 10 * day },
    }).result;
    expect(backup!.deleted).toEqual([project.path(`backups/${database.name}-20260101T000000Z-base.dump`)]);
    expect(await backupsOf(project)).toEqual(
      [
        `${database.name}-20260102T000000Z-base.dump`,
        `${database.name}-20260103T000000Z-base.dump`,
        `${database.name}2-20260101T000000Z-base.dump`,
        backup!.path.split('/').at(-1)!,
        'notes.txt',
      ].sort(),
    );
  });
});

test("a backup's name consists of database, schema, time and revisions, whatever they are called", () => {
  const at = new Date('2026-11-26T14:02:11.123Z');
  expect(fileStem({ database: 'chat', schema: null, at, current: ['20261113100000'] })).toBe(
    'chat-20261126T140211Z-20261113100000',
  );
  expect(fileStem({ database: 'chat', schema: 'tenant 7', at, current: [] })).toEqual(
    expect.stringMatching(/^chat\.tenant_7\+[0-9a-f]{6}-20261126T140211Z-base$/),
  );
  expect(fileStem({ database: 'chat', schema: 'tenant_7', at, current: [] })).toBe(
    'chat.tenant_7-20261126T140211Z-base',
  );
  fc.assert(
    fc.property(fc.string(), fc.option(fc.string()), fc.array(fc.string()), (database, schema, current) => {
      const stem = fileStem({ database, schema, at, current });
      expect(stem).toMatch(/^[\w+-][\w.+-]*$/);
      expect(Buffer.byteLength(stem)).toBeLessThan(240);
      expect(prefixOf(`${stem}.dump`)).not.toBeNull();
    }),
  );
});

describe('retention', () => {
  const day = 86_400_000;
  const name = (age: number): string => `shop-202601${String(20 - age).padStart(2, '0')}T000000Z-base.dump`;

  /** A folder with backups of these ages in days, newest last. */
  async function folderOf(...ages: number[]): Promise<string> {
    const folder = await makeFolder('kept');
    for (const age of ages) {
      await writeFile(join(folder, name(age)), 'x');
      const at = new Date(Date.now() - age * day);
      await utimes(join(folder, name(age)), at, at);
    }
    return folder;
  }

  test.each([
    ['nothing is said', {}, [0, 1, 5, 9]],
    ['a number is kept, the new one included', { keep: 2 }, [0, 1]],
    ['only the new one is kept', { keep: 1 }, [0]],
    ['they are kept for a time', { keepFor: 6 * day }, [0, 1, 5]],
    ['the shorter of both counts', { keep: 3, keepFor: 2 * day }, [0, 1]],
    ['the new one stays in any case', { keepFor: 0 }, [0]],
  ])('when %s', async (_, options, kept) => {
    const folder = await folderOf(9, 5, 1, 0);
    const deleted = deleteOld(folder, join(folder, name(0)), { ...plain, ...options });
    expect((await readdir(folder)).sort()).toEqual(kept.map(name).sort());
    expect(deleted.length).toBe(4 - kept.length);
  });
});
