import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Previewer } from '../../src/preview/previewer.ts';
import { openProject } from '../../src/project/project.ts';
import { projectOf } from '../authoring/support.ts';
import { attacks, disruptions, name, sourceOf } from '../preview/attacks.ts';
import { lingering, passing, quickVictim, victim } from '../preview/lingering.ts';
import { lookAtAttacks, type Witness, watch } from '../preview/witness.ts';
import { makeFolder, migtui } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';

const timer = `setTimeout(() => { while (true); }, 1); await new Promise(done => setTimeout(done, 100));`;

let targets: Witness;
beforeAll(async () => {
  targets = await watch();
});
afterAll(() => targets.close());

test.each(
  sampled([
    ['method', 'down'],
    ['class', 'up'],
    ['module', 'up'],
  ] as const),
)('previewed code reaches nothing from the %s (%s)', async (place, direction) => {
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

test('no preview acts during the next one', async () => {
  const all = [
    ...Object.entries(lingering).map(([what, code]) => [what, code, victim] as const),
    ...Object.entries(passing).map(([what, code]) => [what, code, quickVictim] as const),
  ];
  const migrations = Object.fromEntries(
    all.flatMap(([, code, next], index) => [
      [name(2 * index), code],
      [name(2 * index + 1), next],
    ]),
  );
  const made = await projectOf({ url: targets.url, migrations, typescript: false });
  const project = await openProject(made.root);
  const previewer = new Previewer(project);
  const changed: string[] = [];
  try {
    for (const [index, source] of project.sources().migrations.entries()) {
      const { sql } = await previewer.record(source, 'up');
      if (index % 2 === 1 && sql.join() !== 'drop table orders') changed.push(all[(index - 1) / 2]![0]);
    }
  } finally {
    previewer.close();
    await project.close();
  }
  expect(changed).toEqual([]);
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
  const commands = [
    ['status'],
    ['history', '-v'],
    ['show', name(2)],
    ['show', name(3)],
    ['lint', 'base:head'],
    ['upgrade', 'head', '--plan'],
    ['upgrade', 'head', '--sql'],
    ['downgrade', 'base', '--plan'],
    ['downgrade', '-1', '--sql'],
    ['check'],
    ['rehearse'],
    ['test'],
    ['merge', '--plan'],
    ['revision', '-m', 'next', '--autogenerate', '--plan'],
  ];
  const both = commands.flatMap(command => [command, [...command, '--read-only']]);
  for (const command of sampled(both)) {
    await migtui(made, command);
    await targets.nothingHappened(made, packageJson);
  }
});

test('check ends on a project of endless revisions, and lists them', async () => {
  const migrations = Object.fromEntries(
    Array.from({ length: 25 }, (_, index) => [
      name(index),
      sourceOf(name(index), index % 2 === 0 ? disruptions['an endless loop']! : timer, 'method'),
    ]),
  );
  const made = await projectOf({ url: (await createDatabase()).url, migrations, typescript: false });
  const { code, stdout } = await migtui(made, ['check', '--json']);
  const { skipped } = JSON.parse(stdout) as { skipped: { kind: string; why: string }[] };
  expect(code).toBe(3);
  expect(skipped).toContainEqual({
    kind: 'problems',
    why: expect.stringMatching(/^the code of .+ has no preview: it took too long/),
  });
});

test('an upgrade runs each up() once; looking at it runs it only in the isolated process', async () => {
  const folder = await makeFolder('counted');
  const counted = (id: string) => `import { appendFileSync } from 'node:fs';
import { Migration } from '@mikro-orm/migrations';
const count = what => { try { appendFileSync(${JSON.stringify(`${folder}/`)} + what, 'x'); } catch {} };
count('${id}.module');
export class ${id} extends Migration {
  constructor(...all) { super(...all); count('${id}.class'); }
  async up() { count('${id}.up'); this.addSql('select ' + String(1)); }
  async down() { count('${id}.down'); this.addSql('select ' + String(2)); }
}
`;
  const database = await createDatabase();
  const made = await projectOf({
    url: database.url,
    typescript: false,
    migrations: { [name(1)]: counted(name(1)), [name(2)]: counted(name(2)) },
  });
  for (const args of [
    ['status'],
    ['show', name(2)],
    ['check'],
    ['upgrade', 'head', '--plan'],
    ['upgrade', 'base:head', '--sql'],
    ['rehearse'],
  ]) {
    await migtui(made, args);
    expect([args, await readdir(folder)]).toEqual([args, []]);
  }
  expect((await migtui(made, ['upgrade', 'head', '--rehearse', '--yes'])).code).toBe(0);
  for (const id of [name(1), name(2)]) {
    expect(await readFile(`${folder}/${id}.up`, 'utf8')).toBe('x');
    expect(await readFile(`${folder}/${id}.module`, 'utf8')).toBe('x');
  }
  expect((await readdir(folder)).filter(file => file.endsWith('.down'))).toEqual([]);
});
