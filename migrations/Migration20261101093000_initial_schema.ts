import { Migration } from '@mikro-orm/migrations';

export class Migration20261101093000_initial_schema extends Migration {
  static readonly revises = [];
  static readonly labels = ['chat'];

  override name = 'Migration20261101093000_initial_schema';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "chats" ("id" serial primary key, "title" varchar(255) not null, "created_at" timestamptz not null default now());`,
    );

    this.addSql(
      `create table "messages" ("id" serial primary key, "chat_id" int not null, "text" text not null, "sent_at" timestamptz not null default now());`,
    );
    this.addSql(`create index "messages_chat_id_index" on "messages" ("chat_id");`);

    this.addSql(
      `alter table "messages" add constraint "messages_chat_id_foreign" foreign key ("chat_id") references "chats" ("id") on delete cascade;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "messages" drop constraint "messages_chat_id_foreign";`);

    this.addSql(`drop table if exists "chats" cascade;`);
    this.addSql(`drop table if exists "messages" cascade;`);
  }
}
