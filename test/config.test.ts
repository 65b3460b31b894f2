import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, expectTypeOf, test } from 'vitest';
import { MigtuiGenerator, withMigtui } from '../src/config.ts';
import { repository } from './support/project.ts';

const run = promisify(execFile);

test("keeps the user's settings and adds its own", () => {
  const config = withMigtui({
    dbName: 'chat',
    schemaGenerator: { ignoreSchema: ['audit'], disableForeignKeys: true },
    migrations: { path: 'dist/migrations' },
  });
  expect(config).toEqual({
    dbName: 'chat',
    schemaGenerator: { ignoreSchema: ['audit', 'migtui'], disableForeignKeys: true },
    migrations: { path: 'dist/migrations', generator: MigtuiGenerator },
  });
  expectTypeOf(config.dbName).toEqualTypeOf<string>();
});

test('wrapping twice is the same as once', () => {
  const once = withMigtui({});
  expect(withMigtui(once)).toEqual(once);
});

test('a custom generator still writes the files', () => {
  class Own {
    async generate(): Promise<[string, string]> {
      return ['', ''];
    }
    createStatement(): string {
      return '';
    }
    async generateMigrationFile(): Promise<string> {
      return '';
    }
  }
  const { migrations } = withMigtui({ migrations: { generator: Own } }) as unknown as {
    migrations: { generator: typeof MigtuiGenerator };
  };
  expect(migrations.generator.prototype).toBeInstanceOf(MigtuiGenerator);
  expect(migrations.generator.base).toBe(Own);
  expect(withMigtui({ migrations })).toEqual({ schemaGenerator: { ignoreSchema: ['migtui'] }, migrations });
});

test('wraps arrays, factories and promises in their own form', async () => {
  const ignores = (config: unknown) =>
    (config as { schemaGenerator: { ignoreSchema: string[] } }).schemaGenerator.ignoreSchema;
  const [one, two] = withMigtui([{ contextName: 'a' }, async () => ({ contextName: 'b' })] as const);
  expect(ignores(one)).toEqual(['migtui']);
  expect(ignores(await two())).toEqual(['migtui']);
  expect(ignores(withMigtui((name: string) => ({ contextName: name }))('c'))).toEqual(['migtui']);
  expect(ignores(await withMigtui(Promise.resolve({ contextName: 'd' })))).toEqual(['migtui']);
});

test('does not load MikroORM', async () => {
  const hook = `
    import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { if (!url.startsWith('node:')) console.error(url); return next(url, context); } });
    await import('./src/config.ts');
  `;
  const { stderr } = await run(process.execPath, ['--input-type=module', '-e', hook], { cwd: repository });
  const loaded = stderr.split('\n').filter(line => line.startsWith('file:'));
  expect(loaded.map(url => url.replace(/^.*\/src\//, 'src/')).sort()).toEqual([
    'src/config.ts',
    'src/project/config/x-arguments.ts',
    'src/project/writing/generator.ts',
  ]);
});
