import { Migration } from '@mikro-orm/migrations';

export class Migration20261113100000_fill_text_length extends Migration {
  static readonly revises = ['Migration20261110141500_add_user_id_to_chats'];

  override name = 'Migration20261113100000_fill_text_length';

  override up(): void | Promise<void> {
    this.addSql(`alter table "messages" add "text_length" int null;`);
    this.addSql(`update "messages" set "text_length" = length("text");`);
    this.addSql(`alter table "messages" alter column "text_length" set not null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "messages" drop column "text_length";`);
  }
}
