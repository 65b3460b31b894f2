import { expect, test } from 'vitest';
import { makeProject, migtui, type Output } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { chats, migrations, title } from '../support/three-revisions.ts';

/* Writing revisions with the built program. */

const json = (output: Output) => JSON.parse(output.stdout);

test('adopt, revision, two heads, merge, check', async () => {
  const database = await createDatabase();
  const project = await makeProject({ url: database.url, migrations });
  const run = (...args: string[]) => migtui(project, [...args, '--json']);
  expect(json(await run('adopt', '--yes'))).toMatchObject({ kind: 'adopt', written: true });
  expect(await project.read(`migrations/${title}.ts`)).toContain(`['${chats}']`);
  const made = json(await run('revision', '-m', 'one')).revision;
  expect(made).toContain('one');
  const other = json(await run('revision', '-m', 'two', '--head', 'seen', '--splice')).revision;
  expect(
    json(await run('heads'))
      .map(({ id }: { id: string }) => id)
      .sort(),
  ).toEqual([made, other].sort());
  const check = await run('check', '--only', 'heads,problems');
  expect(check.code).toBe(3);
  expect(json(check)).toMatchObject({ clean: false, findings: [{ kind: 'heads' }] });
  const refused = await run('merge', '-m', 'join');
  expect(json(refused).error.code).toBe('needs-yes');
  const merged = json(await run('merge', '-m', 'join', '--yes'));
  expect(merged).toMatchObject({ kind: 'merge', written: true, rehearsal: { verdict: 'fits' } });
  expect(json(await run('heads'))).toMatchObject([{ id: merged.revision }]);
  expect((await run('check', '--only', 'heads,problems')).code).toBe(0);
  await database.drop();
}, 180_000);
