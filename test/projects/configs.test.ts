import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { makeProject, migtui, type RunOptions, repository, stockCli } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';
import { makeApart } from './installed.ts';
import { type Answer, answer, failure, stockNames, upgraded } from './support.ts';

/* All the ways to configure how a project is opened. */

const imports = `import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
enum Loaded { By = 'a real loader' }
const named = (dbName: string, more = {}) => ({ dbName, port: 1, extensions: [Migrator], entities: [],
  discovery: { warnWhenNoEntities: false }, driver: defineConfig({}).driver, ...more });
`;
const plain = (dbName: string): string =>
  `import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
export default { dbName: '${dbName}', port: 1, driver: PostgreSqlDriver, extensions: [Migrator], entities: [], discovery: { warnWhenNoEntities: false } };
`;

describe('a config', async () => {
  const project = await makeProject({
    packageJson: { 'mikro-orm': { configPaths: ['./config/orm.ts'] } },
    files: {
      'config/orm.ts': plain('of_package_json'),
      'config/env.ts': plain('of_environment'),
      'object.ts': `${imports}export default named('object');`,
      'array.ts': `${imports}export default [named('first'), named('second', { contextName: 'two' })];`,
      'factory.ts': `${imports}export default (context: string) => named('factory_' + context);`,
      'async.ts': `${imports}export default async (context: string) => named('async_' + context, { contextName: context });`,
      'mixed.ts': `${imports}export default [named('static'), async (context: string) => context === 'two' && named('made')];`,
      'promise.ts': `${imports}export default Promise.resolve(named('promise'));`,
      'common.cjs': `Object.defineProperty(exports, '__esModule', { value: true });
const { PostgreSqlDriver } = require('@mikro-orm/postgresql');
module.exports = { dbName: 'common', port: 1, driver: PostgreSqlDriver, entities: [], discovery: { warnWhenNoEntities: false } };`,
      'sub/deep/relative.ts': plain('relative'),
    },
  });
  const env = { MIKRO_ORM_CLI_CONFIG: './config/env.ts' };

  test.each(
    sampled<[string, string[], string, RunOptions]>([
      ['of package.json', [], 'of_package_json', {}],
      ['of MIKRO_ORM_CLI_CONFIG', [], 'of_environment', { env }],
      ['object', ['--config', 'object.ts'], 'object', { env }],
      ['array', ['--config', 'array.ts'], 'first', {}],
      ['array with a context', ['--config', 'array.ts', '--context', 'two'], 'second', {}],
      [
        'context of the environment',
        ['--config', 'array.ts'],
        'second',
        { env: { MIKRO_ORM_CONTEXT_NAME: 'two' } },
      ],
      ['factory', ['--config', 'factory.ts', '--context', 'two'], 'factory_two', {}],
      ['async factory', ['--config', 'async.ts'], 'async_default', {}],
      ['factory in an array', ['--config', 'mixed.ts', '--context', 'two'], 'made', {}],
      ['promise', ['--config', 'promise.ts'], 'promise', {}],
      ['CommonJS', ['--config', 'common.cjs'], 'common', {}],
      [
        'overridden by the environment',
        ['--config', 'object.ts'],
        'env',
        { env: { MIKRO_ORM_DB_NAME: 'env' } },
      ],
    ]),
  )('%s', async (_, args, name, options) => {
    const { database, stderr } = await answer(project, ['status', ...args], options);
    expect(database, stderr).toMatchObject({ name, state: 'unreachable' });
  });

  test('from a subfolder: paths are relative to the current folder', async () => {
    const below = { ...project, root: project.path('sub/deep') };
    expect((await answer(below, ['status'])).database.name).toBe('of_package_json');
    expect((await answer(below, ['status', '--config', 'relative.ts'])).database.name).toBe('relative');
  });

  test('a factory without such a context', async () => {
    expect(await failure(project, ['status', '--config', 'mixed.ts', '--context', 'three'])).toMatchObject({
      message: expect.stringContaining('three'),
    });
  });
});

test('no file, only environment variables', async () => {
  const database = await createDatabase();
  const project = await makeProject({ typescript: false, migrations: { M1: { up: 'create table "t" ()' } } });
  await project.remove('mikro-orm.config.js');
  const env = {
    MIKRO_ORM_TYPE: 'postgresql',
    MIKRO_ORM_CLIENT_URL: database.url,
    MIKRO_ORM_DB_NAME: database.name,
    MIKRO_ORM_DISCOVERY_WARN_WHEN_NO_ENTITIES: 'false',
  };
  await upgraded(project, 'head', { env });
  expect((await answer(project, ['status'], { env })).current).toEqual(['M1']);
});

test('a source folder and compiled files: the loader decides which are used', async () => {
  const database = await createDatabase();
  const config = (folder: string): string => `import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
export default defineConfig({ clientUrl: '${database.url}', extensions: [Migrator], entities: ['./dist/entities'], entitiesTs: ['./src/entities'],
  discovery: { warnWhenNoEntities: false }, migrations: { path: 'dist/migrations', pathTs: 'src/migrations' } }); // ${folder}
`;
  const source = `import { Migration } from '@mikro-orm/migrations';
export class M1 extends Migration { up() { this.addSql('create table "t" ()'); } down() { this.addSql('drop table "t"'); } }
`;
  const project = await makeProject({
    files: {
      'src/mikro-orm.config.ts': config('src'),
      'dist/mikro-orm.config.js': config('dist'),
      'src/migrations/M1.ts': source,
      'dist/migrations/M1.js': source,
      'dist/migrations/M1.d.ts': 'export declare class M1 {}',
    },
  });
  await project.remove('mikro-orm.config.ts');
  await project.remove('migrations');
  const compiled = { env: { MIKRO_ORM_CLI_PREFER_TS: '0' } };
  const source1 = await answer(project, ['status']);
  expect(source1.project).toMatchObject({ configFile: 'src/mikro-orm.config.ts', folder: 'src/migrations' });
  const built = await answer(project, ['status'], compiled);
  expect(built.project).toMatchObject({ configFile: 'dist/mikro-orm.config.js', folder: 'dist/migrations' });
  await upgraded(project, 'head', compiled);
  expect(await stockNames(project, 'list')).toEqual(['M1']);
  expect(await stockNames(project, 'pending')).toEqual([]);
});

describe('layouts', async () => {
  const database = await createDatabase();
  const migrations = {
    M1: { up: 'create table "t1" ()', down: 'drop table "t1"' },
    M2: { up: 'create table "t2" ()', down: 'drop table "t2"' },
  };
  const roundTrip = async (project: Parameters<typeof answer>[0]): Promise<Answer> => {
    const up = await upgraded(project);
    expect(up.tips).toEqual(['M2']);
    const down = await answer(project, ['downgrade', 'base', '--yes']);
    expect(down.error ?? null, down.stderr).toBeNull();
  };

  test('CommonJS with TypeScript: enums, decorators and aliases need the loader’s other half', async () => {
    const project = await makeProject({
      url: database.url,
      migrations,
      packageJson: { type: 'commonjs' },
      config: `baseDir: __dirname, name: aliased(Kind.A),`,
      files: {
        'lib/kind.ts': `export enum Kind { A = 'a' }\nexport const aliased = (kind: Kind): string => kind;\n`,
        'tsconfig.json': JSON.stringify({
          compilerOptions: {
            module: 'commonjs',
            target: 'es2023',
            experimentalDecorators: true,
            esModuleInterop: true,
            paths: { '@app/*': ['./lib/*'] },
          },
        }),
      },
    });
    await project.write(
      'mikro-orm.config.ts',
      `import { aliased, Kind } from '@app/kind';\n${await project.read('mikro-orm.config.ts')}`,
    );
    await roundTrip(project);
    expect((await stockCli(project, ['migration:pending'])).stdout).toMatch(/M1.*M2/s);
  });

  test('no tsconfig.json, where the stock CLI with tsx fails', async () => {
    const project = await makeProject({
      url: database.url,
      migrations,
      files: { 'x.ts': 'export enum X { Y }' },
    });
    await project.write(
      'mikro-orm.config.ts',
      `import './x.ts';\n${await project.read('mikro-orm.config.ts')}`,
    );
    await rm(project.path('tsconfig.json'));
    await roundTrip(project);
    expect((await stockCli(project, ['migration:pending'])).code).not.toBe(0);
  });

  test("isolated packages, as with pnpm: only MikroORM's packages see core and sql", async () => {
    await roundTrip(await makeApart({ url: database.url, migrations }));
  });

  test('an app of a monorepo with package.json in a parent folder', async () => {
    const project = await makeProject({ url: database.url });
    const config = await project.read('mikro-orm.config.ts');
    await project.remove('mikro-orm.config.ts');
    await project.write('apps/api/mikro-orm.config.ts', config);
    await project.write('apps/api/tsconfig.json', await project.read('tsconfig.json'));
    await project.write(
      'apps/api/migrations/M1.ts',
      `import { Migration } from '@mikro-orm/migrations';
export class M1 extends Migration { override up(): void { this.addSql('create table "api" ()'); } override down(): void { this.addSql('drop table "api"'); } }
`,
    );
    const api = { ...project, root: project.path('apps/api') };
    await upgraded(api);
    expect(await stockNames(api, 'list')).toEqual(['M1']);
    expect(
      await answer({ ...project, root: project.path('apps/api/migrations') }, ['downgrade', 'base', '--yes']),
    ).toMatchObject({ code: 0 });
  });
});

describe('connections', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    typescript: false,
    migrations: { M1: { up: ['create table "t1" ()', 'select 1'], down: 'drop table "t1"' } },
    packageJson: {
      migtui: {
        fleet: { targets: { contexts: ['password', 'kysely', 'function', 'pool', 'single'] } },
      },
    },
    files: {
      'mikro-orm.config.js': `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
const connectionString = '${database.url}';
const url = new URL(connectionString);
const parts = { host: url.hostname, port: +url.port, user: url.username, dbName: '${database.name}' };
const made = {
  password: () => ({ ...parts, password: async () => decodeURIComponent(url.password) }),
  kysely: () => ({ dbName: '${database.name}', driverOptions: new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString }) }) }) }),
  function: () => ({ dbName: '${database.name}', driverOptions: () => new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 3 }) }) }),
  pool: () => ({ dbName: 'ignored', driverOptions: { connectionString, application_name: 'mine' } }),
  single: () => ({ clientUrl: connectionString + '?sslmode=disable', pool: { min: 1, max: 1 } }),
};
export default name => defineConfig({ contextName: name, extensions: [Migrator], entities: [], discovery: { warnWhenNoEntities: false }, ...made[name]() });
`,
    },
  });

  test.each(sampled(['password', 'kysely', 'function', 'pool', 'single']))('%s', async context => {
    const up = await upgraded(project, 'head', { env: { MIKRO_ORM_CONTEXT_NAME: context } });
    expect(up.stderr).toContain(database.name);
    expect(up.stderr).not.toContain('correct horse');
    const own = ['kysely', 'function'].includes(context);
    expect(up.stderr.includes('answerTimeout do not apply')).toBe(own);
    const down = await answer(project, ['downgrade', 'base', '--yes', '--context', context]);
    expect(down.error ?? null, down.stderr).toBeNull();
    const fleet = await migtui(project, [
      'fleet',
      'upgrade',
      'head',
      '--yes',
      '--context',
      context,
      '--only',
      context,
    ]);
    const notices = fleet.stderr.split('answerTimeout do not apply').length - 1;
    expect([fleet.code, notices], fleet.stdout).toEqual([0, own ? 1 : 0]);
    expect((await migtui(project, ['downgrade', 'base', '--yes', '--context', context])).code).toBe(0);
    const { checks } = await answer(project, ['doctor', '--context', context]);
    expect(checks).toContainEqual(
      expect.objectContaining({ id: 'connection', status: own ? 'warning' : 'ok' }),
    );
  });
});

test('a project without entities: migrations need none, and other commands say so', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    files: {
      'mikro-orm.config.ts': `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
export default defineConfig({ clientUrl: ${JSON.stringify(database.url)}, extensions: [Migrator] });
`,
    },
    migrations: { Migration20260101000000_one: { up: 'create table one ()', down: 'drop table one' } },
  });
  expect(await answer(project, ['status'])).toMatchObject({ code: 0, applied: 0 });
  expect(await answer(project, ['upgrade', 'head', '--plan'])).toMatchObject({ code: 0 });
  expect(await answer(project, ['revision', '-m', 'two'])).toMatchObject({ code: 0, written: true });
  await upgraded(project);
  expect(await answer(project, ['downgrade', 'base', '--yes'])).toMatchObject({ code: 0, tips: [] });
  expect(await failure(project, ['revision', '--autogenerate', '-m', 'three'])).toMatchObject({
    code: 'no-entities',
    next: expect.stringContaining('entities'),
  });
  const { skipped } = await answer(project, ['check', '--only', 'entities,heads']);
  expect(skipped).toMatchObject([
    { kind: 'entities', why: expect.stringContaining('discovers no entities') },
  ]);
});

test('-x arguments reach the config and the migrations', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    files: {
      'mikro-orm.config.ts': `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
import { xArguments } from ${JSON.stringify(`${repository}/dist/config.js`)};
const { table = 'mikro_orm_migrations' } = xArguments();
export default defineConfig({ clientUrl: ${JSON.stringify(database.url)}, extensions: [Migrator], entities: [],
  discovery: { warnWhenNoEntities: false }, migrations: { tableName: table } });
`,
      'migrations/M1.ts': `import { Migration } from '@mikro-orm/migrations';
import { xArguments } from ${JSON.stringify(`${repository}/dist/config.js`)};
export class M1 extends Migration {
  override up(): void { this.addSql('create table "of_' + (xArguments().tenant ?? 'nobody') + '" ()'); }
}
`,
    },
  });
  const asked = ['upgrade', 'head', '-x', 'tenant=acme', '-x', 'table=log_of_acme'];
  expect((await answer(project, [...asked, '--plan'])).steps).toMatchObject([
    { sql: ['create table "of_acme" ()'] },
  ]);
  expect(await answer(project, [...asked, '--yes'])).toMatchObject({ code: 0 });
  expect(await database.query('select name from log_of_acme')).toEqual([{ name: 'M1' }]);
  const plan = await answer(project, ['upgrade', 'head', '--plan']);
  expect(plan.steps).toMatchObject([{ sql: ['create table "of_nobody" ()'] }]);
  // The plan with other arguments is another one.
  const id = ['--plan-id', plan.fingerprint as string, '--yes'];
  expect(await answer(project, ['upgrade', 'head', '-x', 'tenant=other', ...id])).toMatchObject({
    code: 1,
    error: { code: 'plan-changed' },
  });
  expect(await answer(project, ['upgrade', 'head', ...id])).toMatchObject({ code: 0 });
});
