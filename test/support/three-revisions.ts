/* Three revisions of one table, for tests of the program. */

export const chats = 'Migration20260101000000_chats';
export const title = 'Migration20260102000000_title';
export const seen = 'Migration20260103000000_seen';

export const migrations = {
  [chats]: { up: 'create table "chats" ("id" serial primary key)', down: 'drop table "chats"' },
  [title]: {
    up: 'alter table "chats" add "title" text null',
    down: 'alter table "chats" drop column "title"',
  },
  [seen]: {
    up: 'alter table "chats" add "seen" int null',
    down: 'alter table "chats" drop column "seen"',
  },
} as const;
