import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { FleetResult } from '../../src/engine/api.ts';
import { closeAll, fleetOf, migrations, one, schemaSql, three, two } from '../fleet/support.ts';
import { makeFolder, migtui } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

afterEach(closeAll);

/** A pg_dump that writes what it was asked for, and refuses one schema. */
async function pgDump(refused: string): Promise<string> {
  const folder = await makeFolder('bin');
  const path = join(folder, 'pg_dump');
  await writeFile(
    path,
    `#!/bin/sh
if [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) 18.4"; exit 0; fi
for arg in "$@"; do case $arg in --file=*) file=\${arg#--file=};; esac; done
case "$*" in *${refused}*) echo "disk full" >&2; exit 1;; esac
echo "$*" > "$file"
`,
  );
  await writeFile(join(folder, 'pg_restore'), `#!/bin/sh\necho ';'; echo '; TOC Entries: 3'\n`);
  for (const name of ['pg_dump', 'pg_restore']) await chmod(join(folder, name), 0o755);
  return path;
}

test('each target is backed up before its run, and one without a backup is not run', async () => {
  const fleet = await fleetOf(
    { tenant_1: [one], 'tenant 7': [one], tenant_7: [one], tenant_9: [one] },
    undefined,
    {
      packageJson: {
        migtui: {
          fleet: { targets: { schemas: 'tenant*' } },
          backup: { folder: 'backups', pgDump: await pgDump('tenant_9') },
        },
      },
    },
  );
  const { stdout, code } = await migtui(fleet.project, [
    'fleet',
    'upgrade',
    'head',
    '--yes',
    '--backup',
    '--on-error',
    'continue',
    '--json',
  ]);
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  const { result } = events.at(-1) as { result: FleetResult };
  expect(result.counts).toMatchObject({ done: 3, failed: 1 });
  expect(code).toBe(1);
  expect(result.errors).toMatchObject([{ targets: ['tenant_9'], failure: { code: 'backup-failed' } }]);
  expect(await fleet.applied('tenant_9')).toEqual([one]);
  expect(await fleet.applied('tenant 7')).toEqual([one, two, three]);
  const files = (await readdir(fleet.project.path('backups'))).filter(name => name.endsWith('.dump'));
  const ofSchema = files.map(name => /\.(tenant.*?)-\d{8}T/.exec(name)?.[1]).sort();
  expect(ofSchema).toEqual(
    expect.arrayContaining(['tenant_1', 'tenant_7', expect.stringMatching(/^tenant_7\+[0-9a-f]{6}$/)]),
  );
  expect(ofSchema).toHaveLength(3);
  const done = events.filter(({ kind, event }) => kind === 'run' && event.kind === 'backup-done');
  expect(done.map(({ target }) => target).sort()).toEqual(['tenant 7', 'tenant_1', 'tenant_7']);
});

test('a protected database that requires a backup gets one, and wants its name', async () => {
  const fleet = await fleetOf({ tenant_1: [one] }, undefined, {
    packageJson: {
      migtui: {
        fleet: { targets: { schemas: 'tenant*' } },
        protected: [{ database: '*', backup: true }],
        backup: { folder: 'backups', pgDump: await pgDump('nothing-like-this') },
      },
    },
  });
  const refused = await migtui(fleet.project, ['fleet', 'upgrade', 'head', '--yes']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('--confirm');
  expect(await fleet.applied('tenant_1')).toEqual([one]);
  const { code } = await migtui(fleet.project, [
    'fleet',
    'upgrade',
    'head',
    '--yes',
    '--confirm',
    fleet.database.name,
  ]);
  expect(code).toBe(0);
  expect(await readdir(fleet.project.path('backups'))).toEqual(
    expect.arrayContaining([expect.stringContaining('tenant_1')]),
  );
});

test('a database whose schema differs from others at the same revision has drifted', async () => {
  const databases = await Promise.all([createDatabase(), createDatabase(), createDatabase()]);
  for (const database of databases) {
    await database.query(
      schemaSql('shop', [one, two, three], migrations)
        .replace(/create schema "shop";\n/, '')
        .replaceAll('"shop"', 'public'),
    );
  }
  const odd = databases[2];
  await odd!.query('create schema extra; create table extra.notes (id int)');
  const fleet = await fleetOf({}, { targets: { databases: databases.map(({ name }) => name) } });
  const status = await (await fleet.open()).fleetStatus({ drift: true });
  expect(status.compared).toBe(3);
  expect(status.targets.map(({ name, state }) => [name, state]).sort()).toEqual(
    databases.map(({ name }, at) => [name, at === 2 ? 'drifted' : 'head']).sort(),
  );
});
