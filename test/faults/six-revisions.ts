import { expect } from 'vitest';
import type { MigrationSketch } from '../support/project.ts';
import type { Database } from '../support/server.ts';

/** The revisions of the plan in which failures happen, in order. */
export const ids = {
  chats: 'Migration20260101000000_chats',
  rows: 'Migration20260102000000_rows',
  column: 'Migration20260103000000_column',
  index: 'Migration20260104000000_index',
  half: 'Migration20260105000000_half',
  last: 'Migration20260106000000_last',
} as const;

/** Six revisions: tables, data, a concurrent index, two statements without a transaction, code that reads rows. */
export const sixRevisions: Record<string, MigrationSketch | string> = {
  [ids.chats]: { up: 'create table "chats" ("id" serial primary key, "title" text not null)' },
  [ids.rows]: {
    up: [`insert into "chats" ("title") values ('a')`, `insert into "chats" ("title") values ('b')`],
  },
  [ids.column]: {
    up: ['alter table "chats" add column "length" int', 'update "chats" set "length" = length("title")'],
  },
  [ids.index]: { up: 'create index concurrently "chats_title" on "chats" ("title")', transactional: false },
  [ids.half]: {
    up: ['create table "extra" ("id" int)', 'create index concurrently "extra_id" on "extra" ("id")'],
    transactional: false,
  },
  [ids.last]: `import { Migration } from '@mikro-orm/migrations';
export class ${ids.last} extends Migration {
  override async up(): Promise<void> {
    const [row] = await this.execute('select count(*)::int as n from chats') as { n: number }[];
    this.addSql(\`insert into chats (title, length) values ('after \${row!.n}', 0)\`);
  }
}
`,
};

/** The parts of a revision that are in the database. */
export interface Traces {
  readonly chats: boolean;
  readonly rows: boolean;
  readonly column: boolean;
  readonly index: boolean;
  readonly half: boolean;
  readonly halfBegun: boolean;
  readonly last: boolean;
}

/** Reads them, and checks that nothing was done twice. */
export async function tracesOf(database: Database): Promise<Traces> {
  const [there] = await database.query<Record<string, boolean>>(
    `select to_regclass('chats') is not null as chats,
            exists (select from pg_attribute where attrelid = to_regclass('chats') and attname = 'length') as "column",
            coalesce((select indisvalid from pg_index where indexrelid = to_regclass('chats_title')), false) as index,
            to_regclass('extra') is not null as "halfBegun",
            coalesce((select indisvalid from pg_index where indexrelid = to_regclass('extra_id')), false) as half`,
  );
  const titles = there?.chats
    ? await database.query<{ title: string }>('select title from chats order by id')
    : [];
  const list = titles.map(({ title }) => title).join();
  expect(['', 'a,b', 'a,b,after 2']).toContain(list);
  return { ...(there as unknown as Traces), rows: list.startsWith('a,b'), last: list.endsWith('after 2') };
}
