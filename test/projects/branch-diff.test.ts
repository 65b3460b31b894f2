import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { asking, onPGlite, projectOf } from '../authoring/support.ts';
import { migrationSource, type Project } from '../support/project.ts';

const ids = {
  a: 'Migration20260101000000_a',
  b: 'Migration20260102000000_b',
  theirs: 'Migration20260103000000_theirs',
  mine: 'Migration20260104000000_mine',
};
const file = (id: string): string => `migrations/${id}.ts`;
const source = (id: string, revises: string[], up = `create table ${id.slice(24)} ()`): string =>
  migrationSource(id, { up, down: `drop table ${id.slice(24)}`, revises });

/** A branch and its main branch, which diverge after `b`. */
async function branched(more: { theirs?: boolean; undeclared?: boolean } = {}): Promise<Project> {
  const project = await projectOf({
    files: { [file(ids.a)]: source(ids.a, []), [file(ids.b)]: source(ids.b, [ids.a]) },
  });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: project.root });
  git('init', '-q', '-b', 'main');
  git('add', 'migrations', 'package.json');
  git('commit', '-qm', 'both');
  git('checkout', '-qb', 'work');
  if (more.theirs) {
    git('checkout', '-q', 'main');
    await project.write(file(ids.theirs), source(ids.theirs, [ids.b]));
    git('add', 'migrations');
    git('commit', '-qm', 'theirs');
    git('checkout', '-q', 'work');
  }
  await project.write(
    file(ids.mine),
    source(ids.mine, [ids.b], 'alter table b add column n int; create index n on b (n)'),
  );
  git('add', 'migrations');
  git('commit', '-qm', 'mine');
  return project;
}

const diffOf = (project: Project, ref = 'main') => asking(project.root, engine => engine.diff(ref), onPGlite);

test('a branch is compared with the ref: added revisions, their SQL and their findings', async () => {
  const project = await branched();
  const diff = await diffOf(project);
  expect(diff).toMatchObject({
    added: [{ id: ids.mine, revises: [ids.b], file: file(ids.mine), down: { complete: true } }],
    changed: [],
    removed: [],
    heads: { here: [ids.mine], there: [ids.b], merged: [ids.mine] },
    secondHead: false,
    problems: [],
  });
  expect(diff.added[0]?.up.sql.join()).toContain('create index n');
  expect(diff.findings.map(({ rule, revision }) => [rule, revision])).toContainEqual([
    'index-blocks-writes',
    ids.mine,
  ]);
});

test('a second head after the merge is found, although neither branch has two', async () => {
  const project = await branched({ theirs: true });
  expect(await diffOf(project)).toMatchObject({
    added: [{ id: ids.mine }],
    heads: { here: [ids.mine], there: [ids.theirs], merged: [ids.theirs, ids.mine] },
    secondHead: true,
  });
  // On top of theirs, there is one.
  await project.write(file(ids.mine), source(ids.mine, [ids.theirs]));
  await project.write(file(ids.theirs), source(ids.theirs, [ids.b]));
  expect(await diffOf(project)).toMatchObject({ secondHead: false, heads: { merged: [ids.mine] } });
});

test('changed and deleted revisions are named, and revisions that no longer fit', async () => {
  const project = await branched();
  await project.write(file(ids.a), source(ids.a, [], 'select 1'));
  expect(await diffOf(project)).toMatchObject({ changed: [ids.a], removed: [] });
  await project.remove(file(ids.mine));
  await project.remove(file(ids.b));
  expect(await diffOf(project)).toMatchObject({ added: [], removed: [ids.b], heads: { merged: [ids.a] } });
});

test('an unknown ref is refused', async () => {
  const project = await branched();
  await expect(diffOf(project, 'nowhere')).rejects.toMatchObject({
    code: 'bad-ref',
    next: expect.stringContaining('fetch'),
  });
});
