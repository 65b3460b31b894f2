import { afterAll, beforeAll, expect, test } from 'vitest';
import { Previewer } from '../../src/preview/previewer.ts';
import { openProject } from '../../src/project/project.ts';
import { projectOf } from '../authoring/support.ts';
import { attacks, disruptions, name, sourceOf } from '../preview/attacks.ts';
import { lookAtAttacks, type Witness, watch } from '../preview/witness.ts';
import { migtui } from '../support/project.ts';

let targets: Witness;
beforeAll(async () => {
  targets = await watch();
});
afterAll(() => targets.close());

test.each([
  ['method', 'down'],
  ['class', 'up'],
  ['module', 'up'],
] as const)('previewed code reaches nothing from the %s (%s)', async (place, direction) => {
  await lookAtAttacks(targets, place, direction);
});

test('a failing preview ends only itself', async () => {
  const all = Object.entries(disruptions);
  const migrations = Object.fromEntries(
    all.flatMap(([, code], index) => [
      [name(2 * index), sourceOf(name(2 * index), code, 'method')],
      // Not plain, so it is run in the same process.
      [name(2 * index + 1), sourceOf(name(2 * index + 1), `this.addSql(String('select 3'));`, 'method')],
    ]),
  );
  const made = await projectOf({ url: targets.url, migrations, typescript: false });
  const project = await openProject(made.root);
  const previewer = new Previewer(project);
  try {
    for (const [index, source] of project.sources().migrations.entries()) {
      const recorded = await previewer.record(source, 'up');
      const [disruption] = all[Math.floor(index / 2)]!;
      if (index % 2 === 0)
        expect(recorded, disruption).toMatchObject({ complete: false, note: expect.any(String) });
      else {
        expect(recorded, `after ${disruption}`).toMatchObject({
          complete: true,
          sql: ['select 1', 'select 3'],
        });
      }
    }
  } finally {
    previewer.close();
    await project.close();
  }
});

test('no read-only command changes anything outside', async () => {
  const dump = `await this.driver.getConnection().executeDump('drop table orders');`;
  const own = attacks['a client of its own']!(targets);
  const made = await projectOf({
    url: targets.url,
    typescript: false,
    migrations: {
      [name(1)]: sourceOf(name(1), 'void 0;', 'method'),
      [name(2)]: sourceOf(name(2), own, 'method'),
      [name(3)]: sourceOf(name(3), dump, 'method'),
    },
  });
  const packageJson = await made.read('package.json');
  await targets.database.query(
    'create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now())',
  );
  await targets.database.query('insert into mikro_orm_migrations (name) values ($1), ($2)', [
    name(1),
    name(2),
  ]);
  for (const command of [
    ['status'],
    ['show', name(2)],
    ['show', name(3)],
    ['upgrade', 'head', '--plan'],
    ['upgrade', 'head', '--sql'],
    ['downgrade', 'base', '--plan'],
    ['downgrade', '-1', '--sql'],
    ['check'],
    ['rehearse'],
    ['test'],
    ['revision', '-m', 'next', '--autogenerate', '--plan'],
  ]) {
    for (const readOnly of [[], ['--read-only']]) {
      await migtui(made, [...command, ...readOnly]);
      await targets.nothingHappened(made, packageJson);
    }
  }
});
