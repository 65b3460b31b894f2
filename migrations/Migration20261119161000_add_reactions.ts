import { Migration } from '@mikro-orm/migrations';

export class Migration20261119161000_add_reactions extends Migration {
  static readonly revises = ['Migration20261113100000_fill_text_length'];
  static readonly labels = ['reactions'];

  override name = 'Migration20261119161000_add_reactions';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "reactions" ("id" serial primary key, "message_id" int not null, "user_id" int not null, "emoji" varchar(32) not null, "created_at" timestamptz not null default now());`,
    );
    this.addSql(
      `alter table "reactions" add constraint "reactions_message_id_user_id_emoji_unique" unique ("message_id", "user_id", "emoji");`,
    );

    this.addSql(
      `alter table "reactions" add constraint "reactions_message_id_foreign" foreign key ("message_id") references "messages" ("id") on delete cascade;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "reactions" cascade;`);
  }
}
