import { expect, test } from 'vitest';
import { parseMigration } from '../../src/project/files/declarations.ts';
import { blocksOf } from '../projects/pages/blocks.ts';

test('the migration of docs/revisions.md declares what the page says', async () => {
  const [block] = (await blocksOf('docs/revisions.md')).filter(({ language }) => language === 'ts');
  const id = 'Migration20261121090000_create_invoices';
  const { declaration, problems } = parseMigration(id, `${id}.ts`, block?.text ?? '');
  expect(problems).toEqual([]);
  expect(declaration).toMatchObject({
    revises: [],
    labels: ['billing'],
    dependsOn: ['Migration20261101093000_initial_schema'],
  });
});

test.each([`['a'] as const`, `['a'] satisfies string[]`, `Object.freeze(['a'])`])(
  'docs/revisions.md: %s can be read',
  value => {
    const source = `export class M extends Migration { static revises = ${value}; up() {} }`;
    const { declaration, problems } = parseMigration('M', 'M.ts', source);
    expect({ problems, revises: declaration.revises }).toEqual({ problems: [], revises: ['a'] });
  },
);

test.each(['[a]', '[...a]', `['a' + 'b']`, 'a'])('docs/revisions.md: %s cannot', value => {
  const source = `export class M extends Migration { static revises = ${value}; up() {} }`;
  expect(parseMigration('M', 'M.ts', source).problems).toMatchObject([{ code: 'not-literal' }]);
});
