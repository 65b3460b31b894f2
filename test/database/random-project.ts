import type { MigrationSketch } from '../support/project.ts';

/** A deterministic random number generator from 0 to 1 for a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A line of realistic migrations, each with a downgrade. */
export function randomMigrations(random: () => number, count: number): Record<string, MigrationSketch> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const tables = ['chats'];
  const migrations: Record<string, MigrationSketch> = {
    Migration20260101000000_first: {
      up: 'create table "chats" ("id" serial primary key, "title" text not null default \'it\'\'s "new"\')',
      down: 'drop table "chats"',
    },
  };
  for (let n = 1; n < count; n++) {
    const id = `Migration2026010${Math.floor(n / 10) + 1}0000${String(n % 10).padStart(2, '0')}_${n}`;
    const table = pick(tables);
    const kinds: (() => MigrationSketch)[] = [
      () => {
        const name = `Table ${n}`;
        tables.push(name);
        return {
          up: [
            `create table "${name}" ("id" int generated always as identity, "chat" int references "chats" ("id")); -- a "comment"; here
             comment on table "${name}" is 'with \\backslash, ''quotes'', ünïcode :colon and ; semicolon'`,
          ],
          down: `drop table "${name}" cascade`,
        };
      },
      () => ({
        up: `alter table "${table}" add column "c${n}" varchar(${10 + n}) default $$a;b$$`,
        down: `alter table "${table}" drop column "c${n}"`,
      }),
      () => ({
        up: `create index concurrently "i${n}" on "${table}" ("id")`,
        down: `drop index concurrently "i${n}"`,
        transactional: false,
      }),
      () => ({
        up: [
          `insert into "chats" ("title") select 'row ${n} ' || n from generate_series(1, 3) as n`,
          `update "chats" set "title" = "title" || '\\n :x' where "title" like 'row ${n}%' -- the end`,
        ],
        down: `delete from "chats" where "title" like 'row ${n} %'`,
      }),
      () => ({
        up: `create type "mood${n}" as enum ('good', 'bad');`,
        down: `drop type "mood${n}"`,
      }),
      () => ({
        up: `create function "f${n}"() returns int language plpgsql as $body$ begin
  perform 1; -- inside; with 'quotes'
  return ${n};
end $body$`,
        down: `drop function "f${n}"`,
      }),
      () => ({
        up: [
          `create table "loose${n}" ("id" int); insert into "loose${n}" values (1), (2)`,
          `alter table "loose${n}" add column "more" text`,
        ],
        down: [`drop table "loose${n}"`],
        transactional: false,
      }),
    ];
    migrations[id] = pick(kinds)();
  }
  return migrations;
}
