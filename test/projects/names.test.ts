import { describe, expect, test } from 'vitest';
import { makeProject, stockCli } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { answer, stockNames, upgraded } from './support.ts';

/* File names in real projects: a file need not be named like its class or contain a date. */

const migration = (
  table: string,
  name = `Migration_${table}`,
): string => `import { Migration } from '@mikro-orm/migrations';
export class ${name} extends Migration {
  override up(): void { this.addSql('create table "${table}" ()'); }
  override down(): void { this.addSql('drop table "${table}"'); }
}
`;

const odd: Readonly<Record<string, string>> = {
  '20260413_Bar.ts': migration('bar', 'Bar'),
  '20260413_Foo.ts': migration('foo', 'Other'),
  'Initial_setup_of_everything.ts': migration('initial'),
  'Migration20260501991500.ts': migration('hour'),
  'Migration20260502101500-D.ts': migration('data'),
  'Migration20260502101500.S.ts': migration('dot_s'),
  'Migration20260503101500-S.ts': migration('dash_s'),
  'Migration20260504000000_crlf.ts': migration('crlf').replaceAll('\n', '\r\n'),
  'Migration20260505000000_bom.ts': `\ufeff${migration('bom')}`,
  'Migration20260506000000_default.ts': migration('default_export').replace(
    'export class',
    'export default class',
  ),
  'Migration20260507000000_unnamed.ts': migration('unnamed').replace(
    /export class \S+/,
    'export default class',
  ),
  'Migration20260508000000_helpers.ts': `${migration('zhelpers', 'ZMigration')}
export class AHelper { static table = 'a'; }
export function BHelper(name: string): string { return name; }
export const sql = (strings: TemplateStringsArray): string => strings.join('');
`,
  'Migration20260509000000_const.ts': migration('const_class').replace(
    /export class (\S+)/,
    'export const $1 = class',
  ),
  'Migration20260510000000_listed.ts': `${migration('listed').replace('export ', '')}export { Migration_listed };\n`,
  'Migration20260511000000_arrow.ts': migration('arrow').replace(
    'override up(): void',
    'override up = async (): Promise<void> =>',
  ),
  'Migration20260512000000_é ü.ts': migration('accents'),
};
const ids = Object.keys(odd)
  .map(file => file.replace(/\.ts$/, ''))
  .sort();

describe('unusual names', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    files: {
      ...Object.fromEntries(Object.entries(odd).map(([file, text]) => [`migrations/${file}`, text])),
      'migrations/README.md': '# how we write migrations\n',
      'migrations/Migration20260413.d.ts': 'export declare class Gone {}\n',
      'migrations/seed.sql': 'select 1;\n',
      'migrations/.snapshot-old.json': '{}',
    },
  });

  test('are read, run, and handled the same by the stock CLI', async () => {
    expect(await answer(project, ['status'])).toMatchObject({ code: 0, pending: ids, heads: [ids.at(-1)] });
    await upgraded(project);
    expect(await stockNames(project, 'list')).toEqual(ids);
    expect(await stockNames(project, 'pending')).toEqual([]);
    const tables = await database.query<{ n: number }>(
      `select count(*)::int as n from pg_tables where schemaname = 'public'`,
    );
    expect(tables).toEqual([{ n: ids.length + 1 }]);
    const down = await answer(project, ['downgrade', 'base', '--yes']);
    expect(down.steps.map(({ revision }: { revision: string }) => revision)).toEqual(ids.toReversed());
    expect(await stockNames(project, 'pending')).toEqual(ids);
  });

  test('a target is a file name, its digits or its words; two on the same day are distinguished', async () => {
    expect(await answer(project, ['upgrade', 'Foo', '--plan'])).toMatchObject({ tips: ['20260413_Foo'] });
    expect(await answer(project, ['upgrade', '20260413_F', '--plan'])).toMatchObject({
      tips: ['20260413_Foo'],
    });
    expect(await answer(project, ['upgrade', '20260413', '--plan'])).toMatchObject({
      code: 1,
      error: { code: 'ambiguous-target', candidates: ['20260413_Bar', '20260413_Foo'] },
    });
    expect(await answer(project, ['upgrade', 'Migration20260502101500.S', '--plan'])).toMatchObject({
      code: 0,
    });
  });
});

describe('compiled migrations', async () => {
  const database = await createDatabase();
  const compiled = (table: string): string => `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Migration_${table} = void 0;
exports.helper = helper;
const migrations_1 = require("@mikro-orm/migrations");
function helper(name) { return 'create table "' + name + '" ()'; }
class Migration_${table} extends migrations_1.Migration {
    up() { this.addSql(helper('${table}')); }
}
exports.Migration_${table} = Migration_${table};
//# sourceMappingURL=Migration.js.map
`;
  const project = await makeProject({
    url: database.url,
    typescript: false,
    packageJson: { type: 'commonjs' },
    files: {
      'mikro-orm.config.js': `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const { Migrator } = require("@mikro-orm/migrations");
const { defineConfig } = require("@mikro-orm/postgresql");
exports.default = defineConfig({
  clientUrl: ${JSON.stringify(database.url)},
  extensions: [Migrator],
  entities: [],
  discovery: { warnWhenNoEntities: false },
  migrations: { path: 'dist-migrations', glob: '**/!(*.d).{js,ts}' },
});
`,
      'dist-migrations/Migration20260101000000.js': compiled('one'),
      'dist-migrations/Migration20260101000000.js.map': '{}',
      'dist-migrations/Migration20260101000000.d.ts': 'export declare class Migration_one {}\n',
      'dist-migrations/billing/Migration20260102000000.js': compiled('two'),
    },
  });

  test('of a CommonJS project, with declarations and maps, also in subfolders', async () => {
    await upgraded(project);
    const ids = await stockNames(project, 'list');
    expect(ids.toSorted()).toEqual(['Migration20260101000000', 'Migration20260102000000']);
    expect((await stockCli(project, ['migration:pending'])).stdout).not.toContain('Migration2026');
  });
});
