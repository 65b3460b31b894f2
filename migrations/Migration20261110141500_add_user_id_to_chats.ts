import { Migration } from '@mikro-orm/migrations';

export class Migration20261110141500_add_user_id_to_chats extends Migration {
  static readonly revises = ['Migration20261101093000_initial_schema'];

  override name = 'Migration20261110141500_add_user_id_to_chats';

  override up(): void | Promise<void> {
    this.addSql(`alter table "chats" add "user_id" int null;`);
    this.addSql(`create index "chats_user_id_index" on "chats" ("user_id");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "chats_user_id_index";`);
    this.addSql(`alter table "chats" drop column "user_id";`);
  }
}
