import { describe, expect, test } from 'vitest';
import { makeProject, stockCli } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { answer, stockNames, upgraded } from './support.ts';

/* The code of realistic migrations. All of it prints, all the time: stdout must remain pure JSON. */

const migration = (up: string, { before = '', members = '', base = 'Migration' } = {}): string =>
  `import { Migration } from '@mikro-orm/migrations';
${before}
console.log('loaded ' + import.meta.url);
export class M extends ${base} {
  ${members}
  override async up(): Promise<void> { console.log('up'); process.stdout.write('raw\\n'); ${up} }
  override async down(): Promise<void> { console.info('down'); }
}
`;

const big = `${'x'.repeat(50_000)} ? $1 :name ''`;

const migrations = {
  M01_several: migration(
    `this.addSql('create table "users" ("id" serial primary key, "email" text); create index on "users" ("email"); insert into "users" ("email") values (\\'a;b\\'), (\\'ümlaut ✓ 漢字\\');');`,
  ),
  M02_reads: migration(`
    const rows = await this.execute('select "id", "email" from "users" where "id" > ? order by "id"', [0]);
    for (const { id } of rows) this.addSql(\`create table "user_\${id}" ()\`);`),
  M03_branches: migration(`
    const [{ there }] = await this.execute(\`select to_regclass('user_1') is not null as there\`);
    this.addSql(there ? 'create table "branch_taken" ()' : 'create table "branch_not_taken" ()');`),
  M04_entities: migration(
    `
    const em = this.getEntityManager();
    em.create(User, { email: 'by the entity manager' });
    await em.flush();
    if ((await em.count(User)) !== 3) throw new Error('not seen');`,
    {
      before: `import { User } from '../entities.ts';`,
    },
  ),
  M05_concurrently: migration(
    `this.addSql('create index concurrently "users_email" on "users" ("email")');`,
    {
      members: 'override isTransactional(): boolean { return false; }',
    },
  ),
  M06_do: migration(
    `this.addSql("do $$ begin if not exists (select from pg_type where typname = 'mood') then create type mood as enum ('sad', 'ok'); end if; end $$;");`,
  ),
  M07_literal: migration(
    `this.addSql('create table "texts" ("t" text)'); this.addSql("insert into \\"texts\\" values ('" + ${JSON.stringify(big)} + "')");`,
  ),
  M08_enum: migration(`
    this.addSql('alter table "users" add "mood" mood not null default \\'ok\\'');
    this.addSql('alter type mood rename to mood_old');
    this.addSql("create type mood as enum ('sad', 'fine')");
    this.addSql('alter table "users" alter "mood" drop default');
    this.addSql(\`alter table "users" alter "mood" type mood using (case "mood"::text when 'ok' then 'fine' else "mood"::text end)::mood\`);
    this.addSql("alter table users alter mood set default 'fine'");
    this.addSql('drop type mood_old');`),
  M09_builder: migration(
    `this.addSql(raw('update "users" set "email" = ? where "id" = ?', ["it's ?", 1]));
    this.addSql(this.getEntityManager().createQueryBuilder(User).insert({ email: 'by the builder' }).getNativeQuery());`,
    { before: `import { raw } from '@mikro-orm/core';\nimport { User } from '../entities.ts';` },
  ),
  M10_constructor: migration(`this.addSql('create table "' + this.#table + '" ()');`, {
    members: `#table: string;
  constructor(...args: ConstructorParameters<typeof Migration>) { super(...args); this.#table = 'by_constructor'; }`,
  }),
  M11_base: migration(`this.table('by_base');`, {
    before: `import { BaseMigration } from '../base.ts';`,
    base: 'BaseMigration',
  }),
  M12_inherited: `import { BaseMigration } from '../base.ts';
export class Inherited extends BaseMigration { name = 'another name'; tables = ['by_inheritance']; }
`,
  M13_sync: `import { Migration } from '@mikro-orm/migrations';
await Promise.resolve();
export class M13 extends Migration { override up(): void { this.addSql('create table "sync" ()'); } }
`,
};

const files = {
  'base.ts': `import { Migration } from '@mikro-orm/migrations';
export abstract class BaseMigration extends Migration {
  tables: string[] = [];
  table(name: string): void { this.addSql('create table "' + name + '" ()'); }
  override up(): void | Promise<void> { for (const name of this.tables) this.table(name); }
}
`,
};

const entities = `import { defineEntity, p } from '@mikro-orm/core';
export const User = defineEntity({ name: 'User', tableName: 'users', properties: { id: p.integer().primary().autoincrement(), email: p.text().nullable() } });
export const entities = [User];
console.log('the entities print too');
`;

/** Every table, column, index and type that the migrations created, and the rows of users. */
const contents = async (database: Database) => ({
  columns: await database.query(
    `select table_name, column_name, udt_name from information_schema.columns where table_schema = 'public' order by 1, 2`,
  ),
  tables: await database.query(`select tablename from pg_tables where schemaname = 'public' order by 1`),
  indexes: await database.query(`select indexdef from pg_indexes where schemaname = 'public' order by 1`),
  labels: await database.query(`select enumlabel from pg_enum order by 1`),
  users: await database.query(`select * from "users" order by "id"`),
  texts: await database.query(`select md5("t") from "texts"`),
});

describe('migrations with all kinds of code', async () => {
  const database = await createDatabase();
  const options = {
    entities,
    migrations,
    files,
    // In the stock CLI of 7.2.1, writing a snapshot after these migrations fails.
    migrationsConfig: 'snapshotOnMigrate: false,',
    config: `logger: (text: string) => console.log('logger: ' + text), debug: true,`,
  };
  const project = await makeProject({ ...options, url: database.url });

  test('the plan marks unknown SQL, and runs nothing', async () => {
    const plan = await answer(project, ['upgrade', 'head', '--plan']);
    expect(plan.error).toBeUndefined();
    const steps = Object.fromEntries(plan.steps.map((step: { revision: string }) => [step.revision, step]));
    expect(steps.M02_reads).toMatchObject({ complete: false, note: expect.stringContaining('reads rows') });
    expect(steps.M04_entities.complete).toBe(false);
    expect(steps.M05_concurrently.transactional).toBe(false);
    expect(steps.M07_literal.sql[1]).toContain(big.replaceAll("''", "'").slice(0, 50_010));
    expect(steps.M09_builder.sql[0]).toContain(`"email" = 'it''s ?'`);
    expect(steps.M12_inherited.sql).toEqual(['create table "by_inheritance" ()']);
    expect(plan.batches).toHaveLength(3);
    expect(plan.stderr).toContain('raw');
    expect(await database.query(`select 1 from pg_tables where schemaname = 'public'`)).toEqual([]);
  });

  test('run like in the stock CLI', async () => {
    await upgraded(project);
    expect(await stockNames(project, 'list')).toEqual(Object.keys(migrations));
    const other = await createDatabase();
    const beside = await makeProject({ ...options, url: other.url });
    // The stock CLI cannot run M05 together with the migrations before it.
    for (const to of [['--to', 'M04_entities'], ['--to', 'M05_concurrently'], []]) {
      const up = await stockCli(beside, ['migration:up', ...to]);
      expect(up, up.stdout + up.stderr).toMatchObject({ code: 0 });
    }
    expect(await contents(database)).toEqual(await contents(other));
  });
});
