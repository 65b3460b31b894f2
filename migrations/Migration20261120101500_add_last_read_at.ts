import { Migration } from '@mikro-orm/migrations';

export class Migration20261120101500_add_last_read_at extends Migration {
  static readonly revises = ['Migration20261113100000_fill_text_length'];
  static readonly labels = ['reading'];

  override name = 'Migration20261120101500_add_last_read_at';

  override up(): void | Promise<void> {
    this.addSql(`alter table "chats" add "last_read_at" timestamptz null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "chats" drop column "last_read_at";`);
  }
}
