import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDatabase } from '../support/server.ts';
import { call, newest, uninstalled } from './packed.ts';

/* The image that only runs migrations: packages that `upgrade` does not need are absent. */

const config = `import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
export default defineConfig({ clientUrl: process.env.DATABASE, extensions: [Migrator], entities: [],
  discovery: { warnWhenNoEntities: false }, migrations: { path: 'migrations', snapshot: false } });
`;

describe('an image that only runs migrations', () => {
  test('upgrades without the app, PGlite and the preview compiler', async context => {
    const version = (await newest('7')) ?? context.skip('the registry has no MikroORM 7');
    const root = await uninstalled(version, {
      files: { 'mikro-orm.config.js': config },
      packageJson: {
        dependencies: {
          '@mikro-orm/core': version,
          '@mikro-orm/migrations': version,
          '@mikro-orm/postgresql': version,
        },
      },
    });
    await rm(join(root, 'migrations/Migration20260103000000_code.js'));
    const installed = await call(root, ['npm', 'install', '--ignore-scripts', '--no-audit']);
    expect(installed, installed.stderr).toMatchObject({ code: 0 });
    const gone = [
      '@electric-sql',
      'oxc-transform',
      'oxc-resolver',
      '@oxc-transform',
      '@oxc-resolver',
      'migtui/dist/tui.js',
    ];
    for (const name of gone) await rm(join(root, 'node_modules', name), { recursive: true });
    const database = await createDatabase();
    const migtui = (...args: string[]) =>
      call(root, ['npx', '--no-install', 'migtui', ...args, '--json'], { DATABASE: database.url });
    const { code, stdout, stderr } = await migtui('upgrade', 'head', '--yes');
    expect(code, stdout + stderr).toBe(0);
    expect(JSON.parse(stdout).steps).toHaveLength(2);
    expect((await migtui('downgrade', '-1', '--yes')).code).toBe(0);

    // If something required is absent, the error says so. Generated files need no parser.
    await rm(join(root, 'node_modules/@oxc-parser'), { recursive: true });
    expect((await migtui('status')).code).toBe(0);
    await writeFile(
      join(root, 'migrations/Migration20260104000000_code.js'),
      `import { Migration } from '@mikro-orm/migrations';
export class Migration20260104000000_code extends Migration {
  up() {
    if (process.env.CODE) this.addSql('select 1');
  }
}
`,
    );
    const broken = await migtui('status');
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.stdout).error).toMatchObject({
      code: 'parser-missing',
      next: expect.stringContaining('--omit=optional'),
    });
  });
});
