import { expect, test } from 'vitest';
import { later, projectOf } from '../authoring/support.ts';
import { migrationSource, type Project, stockCli } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { answer, stockNames, upgraded } from './support.ts';

/* A squashed revision with the stock CLI, which runs every file in the order of their names. */

const line = ['Migration20260101000000_a', 'Migration20260102000000_b', 'Migration20260103000000_c'];
const squashed = 'Migration20260103000001_all';
const after = 'Migration20260104000000_d';

const table = (id: string, revises: string[]): string =>
  migrationSource(id, {
    up: `create table ${id.slice(-1)} (id int)`,
    down: `drop table ${id.slice(-1)}`,
    revises,
  });

const files = {
  ...Object.fromEntries(line.map((id, at) => [`migrations/${id}.ts`, table(id, line.slice(at - 1, at))])),
  [`migrations/${after}.ts`]: table(after, [line[2] as string]),
};

async function squashedProject(): Promise<{ project: Project; applied(): Promise<string[]> }> {
  const database = await createDatabase();
  const project = await projectOf({ url: database.url, files });
  const { squash } = await answer(project, ['squash', `:${line[2]}`, '-m', 'all', '--yes']);
  expect(squash).toMatchObject({ replaces: line, from: 'catalog', reversible: true });
  const applied = async (): Promise<string[]> =>
    (await database.query<{ name: string }>('select name from mikro_orm_migrations order by id')).map(
      ({ name }) => name,
    );
  return { project, applied };
}

const stockUp = async (project: Project): Promise<void> => {
  const { code, stdout, stderr } = await stockCli(project, ['migration:up']);
  expect(code, stdout + stderr).toBe(0);
};

const withoutLine = (project: Project): Promise<Project> =>
  later(project, { files: Object.fromEntries(line.map(id => [`migrations/${id}.ts`, null])) });

const standing = async (project: Project): Promise<unknown> => {
  const { applied, pending, missing } = await answer(project, ['status']);
  return { applied, pending, missing };
};
const done = { applied: 2, pending: [], missing: [] };

test('a new database of migtui has nothing pending for the stock CLI', async () => {
  const { project, applied } = await squashedProject();
  await upgraded(project);
  expect(await applied()).toEqual([...line, squashed, after]);
  expect(await stockNames(project, 'pending')).toEqual([]);
});

test('a new database of the stock CLI runs the replaced revisions, and the squashed one does nothing', async () => {
  const { project, applied } = await squashedProject();
  await stockUp(project);
  expect(await applied()).toEqual([...line, squashed, after]);
  expect(await standing(project)).toMatchObject(done);
});

test('a database with the replaced revisions is current for both', async () => {
  const { project, applied } = await squashedProject();
  const old = await later(project, { files: { [`migrations/${squashed}.ts`]: null } });
  await stockUp(old);
  expect(await standing(project)).toMatchObject(done);
  await stockUp(project);
  expect(await applied()).toEqual([...line, after, squashed]);
  expect(await standing(project)).toMatchObject(done);
});

test('with the replaced files deleted, the stock CLI creates a new database from the squashed revision', async () => {
  const { project, applied } = await squashedProject();
  const left = await withoutLine(project);
  await stockUp(left);
  expect(await applied()).toEqual([squashed, after]);
  expect(await standing(left)).toMatchObject(done);
  // Back again: its down() also deletes the rows of the replaced revisions.
  const { code, stdout } = await stockCli(left, ['migration:down', '--to', '0']);
  expect(code, stdout).toBe(0);
  expect(await applied()).toEqual([]);
});

test('the stock CLI reverts a squashed revision of migtui with the rows of the replaced ones', async () => {
  const { project, applied } = await squashedProject();
  await upgraded(project);
  const left = await withoutLine(project);
  await stockCli(left, ['migration:down']);
  const { code, stdout } = await stockCli(left, ['migration:down']);
  expect(code, stdout).toBe(0);
  expect(await applied()).toEqual([]);
  await upgraded(left);
  expect(await standing(left)).toMatchObject(done);
});

test('800 revisions become one that creates an empty database immediately', async () => {
  const ids = Array.from({ length: 800 }, (_, at) => `Migration${20250101000000 + at * 2}_s${at}`);
  const sketch = (at: number): string =>
    at % 4 === 0
      ? `create table t${at} (id serial primary key, name text)`
      : at % 4 === 1
        ? `alter table t${at - 1} add column x int`
        : at % 4 === 2
          ? `create index t${at - 2}_x on t${at - 2} (x)`
          : `alter table t${at - 3} alter column x set not null`;
  const database = await createDatabase();
  const project = await projectOf({
    url: database.url,
    migrations: Object.fromEntries(
      ids.map((id, at) => [id, { up: sketch(at), revises: ids.slice(at - 1, at) }]),
    ),
  });
  const { squash } = await answer(project, ['squash', ':head', '-m', 'all', '--yes']);
  expect(squash).toMatchObject({ from: 'catalog' });
  expect(squash.replaces).toHaveLength(800);
  const { steps } = await upgraded(project);
  expect(steps).toHaveLength(1);
  expect(await standing(project)).toMatchObject({ applied: 1, pending: [], missing: [] });
});
