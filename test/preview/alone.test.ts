import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Previewer } from '../../src/preview/previewer.ts';
import type { Recording } from '../../src/preview/recording.ts';
import { openProject } from '../../src/project/project.ts';
import { makeFolder, makeProject } from '../support/project.ts';

/* What the code of one migration could do to the preview of another, and to the process that previews it. */

const source = (up: string, top = '') => `import { Migration } from '@mikro-orm/migrations';
${top}
export class M extends Migration { async up() { ${up} } }
`;

const forged = `JSON.stringify({ t: 'result', n: next, token: '', clean: true, queries: [{ sql: 'select 1', params: null }], executed: 0, transactional: true, irreversible: false, note: null, broken: null }) + '\\n'`;
/** The number of the next run: the module's address contains the current one. */
const next = `const next = 1 + Number(/migtui=(\\d+)/.exec(import.meta.url)[1]);`;
const victim = source(
  `await new Promise(done => setTimeout(done, 20)); this.addSql('drop table ' + String('orders'));`,
);

/** Pairs: a migration that leaves something behind, then another migration. */
const leaving: Readonly<Record<string, string>> = {
  'a timer that writes an answer': source(
    `const fs = await import('node:fs'); ${next} setInterval(() => fs.writeSync(3, ${forged}), 1); this.addSql('select ' + next);`,
  ),
  'an array that changes what is pushed': source(
    `const push = Array.prototype.push; Array.prototype.push = function (...all) { for (const one of all) if (one?.sql) one.sql = 'select 1'; return push.apply(this, all); }; this.addSql('select ' + 2);`,
  ),
  'a promise that writes other statements': source(
    `const then = Promise.prototype.then; Promise.prototype.then = function (...all) { return then.apply(this, all); }; this.addSql('select ' + 2);`,
  ),
  'a module of Node that writes something else': source(
    `const fs = await import('node:fs'); const { syncBuiltinESMExports } = await import('node:module'); const { writeSync } = fs.default; fs.default.writeSync = (fd, bytes, ...more) => writeSync(fd, Buffer.from(String(bytes).replace('drop table orders', 'select 1')), ...more); syncBuiltinESMExports(); this.addSql('select ' + 2);`,
  ),
  'an emitter that hands out what emits': source(
    `const { EventEmitter } = await import('node:events'); const { emit } = EventEmitter.prototype; EventEmitter.prototype.emit = function (...all) { globalThis.found = this; return emit.apply(this, all); }; this.addSql('select ' + 2);`,
  ),
  'an answer of its own, and no end': source(
    `const fs = await import('node:fs'); ${next} fs.writeSync(3, ${forged.replace('n: next', 'n: next - 1')}); await new Promise(done => setTimeout(done, 100_000));`,
  ),
};

describe('a previewed migration', async () => {
  const outside = await makeFolder('outside');
  const secret = join(outside, 'secret.json');
  await writeFile(secret, '{ "secret": "outside" }');
  const others: Readonly<Record<string, string>> = {
    imports: source(
      `const { default: found } = await import(${JSON.stringify(secret)}, { with: { type: 'json' } }); this.addSql('select ' + found.secret);`,
    ),
    asks: source(
      `const fs = await import('node:fs'); fs.writeSync(3, JSON.stringify({ t: 'load', url: 'file://${secret}' }) + '\\n'); const bytes = Buffer.alloc(1000); fs.readSync(4, bytes); this.addSql('select ' + bytes);`,
    ),
    links: source(
      `const { default: found } = await import('./link.json', { with: { type: 'json' } }); this.addSql('select ' + found.secret);`,
    ),
    floods: source(
      `const fs = await import('node:fs'); const bytes = Buffer.alloc(5e7, 65); for (;;) fs.writeSync(3, bytes);`,
    ),
    waits: source(`await new Promise(() => {});`),
    ends: source(`console.log('ends'); process.exit(0);`),
    first: source(`this.addSql('select ' + process.pid);`),
    second: source(`await Promise.resolve(); this.addSql('select ' + process.pid);`),
    imports_orm: source(
      `this.addSql('select ' + process.pid);`,
      `import { raw } from '@mikro-orm/core'; import fs from 'node:fs';`,
    ),
    timer: source(`setTimeout(() => {}, 1).unref(); this.addSql('select ' + process.pid);`),
  };
  const migrations: Record<string, string> = { ...others };
  for (const [index, code] of Object.values(leaving).entries()) {
    migrations[`P${index}_0`] = code;
    migrations[`P${index}_1`] = victim;
  }
  const made = await makeProject({ migrations, typescript: false });
  await symlink(secret, made.path('migrations/link.json'));
  const project = await openProject(made.root);
  const printed: string[] = [];
  const previewer = new Previewer(project, text => printed.push(text.trim()));
  afterAll(async () => {
    previewer.close();
    await project.close();
  });
  const recorded = (id: string): Promise<Recording> => {
    const found = project.sources().migrations.find(migration => migration.id === id);
    if (!found) throw new Error(`no ${id}`);
    return previewer.record(found, 'up');
  };

  it.each(Object.keys(leaving).map((name, index) => [name, index] as const))(
    'cannot change the preview of the next one: %s',
    async (_, index) => {
      await recorded(`P${index}_0`);
      expect(await recorded(`P${index}_1`)).toMatchObject({ sql: ['drop table orders'], complete: true });
    },
  );

  it.each(['imports', 'asks', 'links'])('reads no file outside the project: %s', async id => {
    const { sql } = await recorded(id).catch(() => ({ sql: [] }));
    expect(sql.join()).not.toContain('outside"');
    expect(sql.join()).not.toContain('select outside');
  });

  it('is ended if it writes to the engine endlessly', async () => {
    expect(await recorded('floods')).toMatchObject({ complete: false, sql: [] });
  });

  it('runs in the process of the previous one if that left nothing behind', async () => {
    const pids = new Set<string>();
    for (const id of ['first', 'second', 'imports_orm', 'first']) pids.add((await recorded(id)).sql.join());
    expect(pids.size).toBe(1);
    await recorded('timer');
    expect(pids).not.toContain((await recorded('first')).sql.join());
  });

  it('that ends its process is not run again immediately', async () => {
    const [first, second] = [await recorded('ends'), await recorded('ends')];
    expect([first.note, second]).toEqual(['no preview: it ended the process', first]);
    expect(printed).toEqual(['ends']);
  });

  it('that waits for nothing is reported immediately', async () => {
    expect(await recorded('waits')).toMatchObject({
      complete: false,
      note: expect.stringContaining('never settles'),
    });
  });
});

it('of a list is not instantiated to read its name', async () => {
  const made = await makeProject({
    typescript: false,
    files: {
      'list.js': `import { Migration } from '@mikro-orm/migrations';
class Named extends Migration { name = 'Migration1_by_field'; constructor(...all) { super(...all); globalThis.made = true; } up() {} }
class Assigned extends Migration { constructor(...all) { super(...all); globalThis.made = true; this.name = 'Migration2_by_constructor'; } up() {} }
class Inherited extends Named { up() {} }
class Own extends Migration { up() {} }
class Computed extends Migration { name = [globalThis.made = true, 'x'].join(); up() {} }
export const list = [Named, Assigned, { name: 'Given', class: Inherited }, Own, Computed];`,
      'mikro-orm.config.js': `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
import { list } from './list.js';
export default defineConfig({ clientUrl: 'postgres://nobody@127.0.0.1:1/none', extensions: [Migrator], entities: [],
  discovery: { warnWhenNoEntities: false }, migrations: { migrationsList: list } });`,
    },
  });
  const project = await openProject(made.root);
  const { migrations, problems } = project.sources();
  await project.close();
  expect(migrations.map(({ id }) => id)).toEqual([
    'Migration1_by_field',
    'Migration2_by_constructor',
    'Given',
    'Own',
    'Computed',
  ]);
  expect(problems).toMatchObject([{ code: 'not-literal', revision: 'Computed' }]);
  expect((globalThis as { made?: boolean }).made).toBeUndefined();
});
