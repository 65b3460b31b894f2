import { beforeAll, describe, expect, test } from 'vitest';
import { sampled } from '../support/sample.ts';
import { call, newest, uninstalled } from './packed.ts';

/*
 * NestJS: the config is in a module, and entities come from the modules that use them (`autoLoadEntities`).
 * The config file gets it from the application, as the stock CLI requires.
 */

const files = (extension: string): Record<string, string> => ({
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  }),
  'src/author.ts': `import { defineEntity, p } from '@mikro-orm/core';
export const Author = defineEntity({ name: 'Author', properties: { id: p.integer().primary(), name: p.string() } });
`,
  'src/author.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { Author } from './author${extension}';
@Module({ imports: [MikroOrmModule.forFeature([Author])] })
export class AuthorModule {}
`,
  'src/app.module.ts': `import { Migrator } from '@mikro-orm/migrations';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PgliteDriver } from '@mikro-orm/pglite';
import { Module } from '@nestjs/common';
import { AuthorModule } from './author.module${extension}';
@Module({ imports: [MikroOrmModule.forRoot({ driver: PgliteDriver, dbName: '.data', autoLoadEntities: true,
  extensions: [Migrator], migrations: { path: 'migrations', snapshot: false }, connect: false }), AuthorModule] })
export class AppModule {}
`,
  'src/mikro-orm.config.ts': `import 'reflect-metadata';
import { MikroORM } from '@mikro-orm/core';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module${extension}';
export default async () => {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  return app.get(MikroORM).config.getAll();
};
`,
});

let version: string | null;
beforeAll(async () => {
  version = await newest('7');
});

describe.each(
  sampled([
    ['ESM', 'module', '.js'],
    ['CommonJS', 'commonjs', ''],
  ]),
)('a NestJS application in %s', (_, type, extension) => {
  test('is opened with the entities of its modules', async context => {
    const latest = version ?? context.skip('the registry has no MikroORM 7');
    const names = ['t1', 't2', 'code'].map(
      (name, at) => `migrations/Migration2026010${at + 1}000000_${name}.js`,
    );
    const root = await uninstalled(latest, {
      files: files(extension),
      dependencies: {
        '@mikro-orm/nestjs': '*',
        '@nestjs/common': '^11',
        '@nestjs/core': '^11',
        'reflect-metadata': '*',
        rxjs: '^7',
        tsx: '*',
      },
      packageJson: { type },
    });
    // The migrations come from the entities here.
    await call(root, ['rm', 'mikro-orm.config.js', ...names]);
    const installed = await call(root, ['npm', 'install', '--ignore-scripts', '--no-audit']);
    expect(installed, installed.stderr).toMatchObject({ code: 0 });
    const migtui = async (...args: string[]) => {
      const { code, stdout, stderr } = await call(root, ['npx', '--no-install', 'migtui', ...args]);
      expect(code, stdout + stderr).toBe(0);
      return stdout;
    };
    const drafted = JSON.parse(await migtui('revision', '--autogenerate', '-m', 'author', '--yes', '--json'));
    expect(drafted.files[0].after ?? drafted.files[0].diff).toContain('create table "author"');
    await migtui('upgrade', 'head', '--yes');
    expect(JSON.parse(await migtui('status', '--json'))).toMatchObject({ applied: 1, pending: [] });
    const stock = await call(root, ['npx', '--no-install', 'mikro-orm', 'migration:pending']);
    expect(stock.code, stock.stderr).toBe(0);
  });
});
