import { mkdir, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { lockEmbedded } from '../../src/database/connect/embedded-lock.ts';
import { makeFolder, makeProject, migtui, type Project } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { makeInstalled } from './installed.ts';
import { answer, failure } from './support.ts';

/*
 * The first errors that a user may meet. Each says what happened, where, and what to do next, with exit code
 * 1.
 */

const config = (body: string): string => `import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
${body}
`;
const options = `extensions: [Migrator], entities: [], discovery: { warnWhenNoEntities: false }`;

describe('the config', async () => {
  const project = await makeProject({
    files: {
      'throws.ts': config(
        `const url: string = 'postgres://u:p%40ss@h/d';\n\nthrow new Error('no STAGE for ' + url);`,
      ),
      'syntax.ts': config('\nexport default {{;'),
      'package.ts': `import { x } from '@acme/absent/deep';\nexport default { x };`,
      'driver.ts': `export default { dbName: 'x' };`,
      'named.ts': config(`export const config = defineConfig({ ${options}, dbName: 'x' });`),
      'invalid.ts': config(`export default defineConfig({ ${options}, clientUrl: 'not a url' });`),
      'contexts.ts': config(
        `export default [defineConfig({ ${options}, dbName: 'a' }), defineConfig({ ${options}, contextName: 'reports', dbName: 'b' })];`,
      ),
      'exits.ts': 'process.exit(0);',
      'rejects.ts': config(
        `Promise.reject(new Error('nobody awaits password=hunter2'));\nawait new Promise(resolve => setTimeout(resolve, 5_000));\nexport default {};`,
      ),
      'never.ts': 'await new Promise(() => {});\nexport default {};',
      'conflict.ts': config(
        `import { Chat } from './entities/chat.ts';\nexport default defineConfig({ ${options}, dbName: String(Chat) });`,
      ),
      'entities/chat.ts':
        'export const a = 1;\n<<<<<<< HEAD\nexport const Chat = 1;\n=======\nexport const Chat = 2;\n>>>>>>> theirs\n',
      'imports.ts': config(`import './entities/throws.ts';\nexport default {};`),
      'entities/throws.ts': `\nthrow new Error('no table');\n`,
    },
  });

  test.each([
    [
      'throws.ts',
      'config-broken',
      /^throws\.ts:5 could not be loaded: no STAGE for postgres:\/\/u:\*\*\*@h\/d$/,
    ],
    ['syntax.ts', 'config-broken', /^syntax\.ts:4 could not be loaded: .*[Ee]xpected/],
    [
      'conflict.ts',
      'source-broken',
      /^entities\/chat\.ts:2 could not be loaded \(imported by conflict\.ts\): it has conflict markers of git$/,
    ],
    ['imports.ts', 'source-broken', /^entities\/throws\.ts:2 could not be loaded .*: no table$/],
    ['package.ts', 'config-broken', /^package\.ts.*Cannot find package '@acme\/absent'/],
    ['driver.ts', 'config-broken', /No driver specified/],
    ['named.ts', 'config-broken', /named\.ts could not be loaded: it has no default export/],
    ['invalid.ts', 'config-broken', /invalid\.ts/i],
    ['absent.ts', 'no-config', /no config file absent\.ts/],
    ['exits.ts', 'process-ended', /ended the process/],
    ['rejects.ts', 'process-ended', /nobody awaits password=\*\*\*/],
    ['never.ts', 'process-ended', /waits for/],
  ])('%s: %s', async (file, code, message) => {
    expect(await failure(project, ['status', '--config', file])).toMatchObject({
      code,
      message: expect.stringMatching(message),
      next:
        code === 'config-broken' && file === 'package.ts'
          ? 'Run: npm install @acme/absent'
          : expect.stringMatching(/\w/),
    });
  });

  test('an entity that imports a package that is not installed: it is named', async () => {
    const globs = await makeProject({
      config: "entities: ['models/*.js'], entitiesTs: ['models/*.ts'],",
      files: { 'models/a.ts': `import { x } from '@acme/absent';\nexport const A = x;\n` },
    });
    expect(await failure(globs, ['revision', '--autogenerate', '-m', 'x'])).toMatchObject({
      message: expect.stringContaining('@acme/absent'),
      next: 'Run: npm install @acme/absent',
    });
  });

  test('an unknown context lists the known ones', async () => {
    expect(await failure(project, ['status', '--config', 'contexts.ts', '--context', 'nope'])).toMatchObject({
      code: 'unknown-context',
      candidates: ['default', 'reports'],
    });
  });

  test('none: where it was searched, and how to create one; as text on stderr', async () => {
    await project.remove('mikro-orm.config.ts');
    expect(await failure(project, ['status'])).toMatchObject({
      code: 'no-config',
      message: expect.stringContaining('src/mikro-orm.config.ts'),
      next: expect.stringMatching(/migtui init.*--config/),
    });
    const { code, stdout, stderr } = await migtui(project, ['status']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: No MikroORM config was found\..*\nnext: .*migtui init/s);
  });
});

const manifest = (name: string, version: string) =>
  JSON.stringify({ name, version, type: 'module', main: 'index.js' });

describe('the packages', async () => {
  const project = await makeInstalled();
  const path = (name: string): string => project.path(`node_modules/${name}`);

  test('no TypeScript loader', async () => {
    await rm(path('tsx'));
    expect(await failure(project, ['status'])).toMatchObject({
      code: 'no-ts-loader',
      message: expect.stringContaining('mikro-orm.config.ts'),
      next: expect.stringContaining('npm install --save-dev tsx'),
    });
    const shop = JSON.parse(await project.read('package.json'));
    const set = (settings: object) =>
      project.write('package.json', JSON.stringify({ ...shop, 'mikro-orm': settings }));
    await set({ tsLoader: 'swc' });
    expect(await failure(project, ['status'])).toMatchObject({
      code: 'no-ts-loader',
      message: expect.stringContaining(
        'the loader "swc" of "mikro-orm".tsLoader in package.json is not installed',
      ),
      next: expect.stringContaining('npm install --save-dev @swc-node/register @swc/core, or remove'),
    });
    expect(await failure(project, ['status'], { env: { MIKRO_ORM_CLI_TS_LOADER: 'oxc' } })).toMatchObject({
      message: expect.stringContaining('the loader "oxc" of MIKRO_ORM_CLI_TS_LOADER'),
      next: expect.stringContaining('npm install --save-dev @oxc-node/core, or remove'),
    });
    await set({ preferTs: false });
    expect(await failure(project, ['status'])).toMatchObject({
      code: 'no-ts-loader',
      message: expect.stringContaining('"mikro-orm".preferTs in package.json'),
      next: expect.stringMatching(/^Remove it/),
    });
    await project.write('package.json', JSON.stringify(shop));
    // The message suggests Node's own type stripping.
    const { database } = await answer(project, ['status'], { env: { MIKRO_ORM_CLI_PREFER_TS: '1' } });
    expect(database).toMatchObject({ name: 'none', state: 'unreachable' });
  });

  test('of two versions, of version 6, of 7.0, missing', async () => {
    const manifestOf = (name: string) => path(`${name}/package.json`);
    await writeFile(manifestOf('@mikro-orm/migrations'), manifest('@mikro-orm/migrations', '7.1.3'));
    expect(await failure(project, ['status'])).toMatchObject({
      code: 'mikro-orm-mismatch',
      message: expect.stringMatching(/core is 7\.\d+\.\d+, migrations is 7\.1\.3/),
      next: expect.stringMatching(/npm install @mikro-orm\/core@(\S+) @mikro-orm\/migrations@\1 /),
    });
    await rm(path('@mikro-orm/migrations'), { recursive: true });
    expect(await failure(project, ['status'])).toMatchObject({
      code: 'mikro-orm-missing',
      next: 'Run: npm install @mikro-orm/migrations',
    });
    for (const version of ['6.4.3', '7.0.17']) {
      await writeFile(manifestOf('@mikro-orm/core'), manifest('@mikro-orm/core', version));
      expect(await failure(project, ['status'])).toMatchObject({
        code: 'mikro-orm-version',
        message: expect.stringContaining(version),
      });
    }
  });
});

test('a project of another database: migtui is for PostgreSQL', async () => {
  const project = await makeProject({
    typescript: false,
    files: {
      'mikro-orm.config.js': `import { AbstractSqlDriver, AbstractSqlPlatform, AbstractSqlConnection } from '@mikro-orm/sql';
class MySqlPlatform extends AbstractSqlPlatform {}
class MySqlDriver extends AbstractSqlDriver {
  constructor(config) { super(config, new MySqlPlatform(), AbstractSqlConnection, ['kysely']); }
}
const common = { dbName: 'shop', entities: [], discovery: { warnWhenNoEntities: false } };
export default [{ ...common, driver: MySqlDriver }, { ...common, contextName: 'chat', driver: MySqlDriver }];
`,
    },
  });
  expect(await failure(project, ['status'])).toMatchObject({
    code: 'wrong-driver',
    message: expect.stringMatching(/MySql driver.*PostgreSQL/),
    next: expect.stringContaining('(there are chat)'),
    candidates: ['chat'],
  });
});

describe('the migrations', async () => {
  const database = await createDatabase();
  const fine = `import { Migration } from '@mikro-orm/migrations';\nexport class M extends Migration { up() { this.addSql('select 1'); } }\n`;

  test('an empty folder is not an error, a missing one is, and both say how to begin', async () => {
    const project = await makeProject({ url: database.url });
    const empty = await answer(project, ['status']);
    expect(empty).toMatchObject({ code: 0, heads: [], pending: [] });
    expect(empty.notes.join()).toContain('There are no migrations in migrations yet.');
    await project.remove('migrations');
    const absent = await answer(project, ['status']);
    expect(absent).toMatchObject({ code: 1, error: { code: 'no-migrations-folder' }, heads: [] });
    for (const command of [
      ['upgrade', 'head', '--yes'],
      ['upgrade', 'head', '--sql'],
      ['check'],
      ['heads'],
      ['history'],
    ]) {
      expect(await answer(project, command)).toMatchObject({
        code: 1,
        error: { code: 'no-migrations-folder', next: expect.stringContaining('migtui revision -m') },
      });
    }
    expect(await answer(project, ['revision', '-m', 'first'])).toMatchObject({ code: 0 });
    expect(await answer(project, ['status'])).toMatchObject({
      code: 0,
      heads: [expect.stringContaining('first')],
    });
  });

  test('files that do not parse, export no class, or have the same name: each with its location, and nothing runs', async () => {
    const project = await makeProject({
      url: database.url,
      migrationsConfig: `glob: '**/!(*.d).{js,ts}'`,
      files: {
        'migrations/M1.ts': fine,
        'migrations/M2_syntax.ts': `${fine}\nexport const = ;\n`,
        'migrations/M3_none.ts': 'export const helper = 1;\n',
        'migrations/a/M4.ts': fine,
        'migrations/b/M4.ts': fine,
      },
    });
    const { code, error } = await answer(project, ['status']);
    expect(code).toBe(1);
    expect(error.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'unreadable-file', file: 'migrations/M2_syntax.ts', line: 4 }),
        expect.objectContaining({ code: 'no-migration-class', file: 'migrations/M3_none.ts' }),
        expect.objectContaining({ revision: 'M4' }),
      ]),
    );
    expect(JSON.stringify(error.problems)).toMatch(
      /migrations\/a\/M4\.ts.*migrations\/b\/M4\.ts|migrations\/b\/M4\.ts.*migrations\/a\/M4\.ts/,
    );
    expect(await failure(project, ['upgrade', 'head', '--yes'])).toMatchObject({
      code: 'broken-revisions',
      message: 'The migration files have problems, so nothing runs.',
      next: 'Fix the files, then try again.',
    });
  });

  test('files that throw when they are imported, instantiated, or run', async () => {
    const project = await makeProject({
      url: database.url,
      migrations: {
        M1_fine: fine,
        M2_throws: `${fine}\nconst settings: { region?: string } = {};\nif (!settings.region) throw new Error('REGION is not set');\n`,
      },
    });
    expect(await failure(project, ['upgrade', 'head', '--yes'])).toMatchObject({
      code: 'migration-broken',
      message: 'migrations/M2_throws.ts:5 could not be imported: REGION is not set',
      next: expect.any(String),
    });
    for (const option of ['--plan', '--sql']) {
      expect(await failure(project, ['upgrade', 'head', option])).toMatchObject({
        code: 'migration-broken',
        message: expect.stringContaining('M2_throws.ts:5 could not be imported: REGION is not set'),
        candidates: ['M2_throws'],
      });
    }
    const { findings, code: found } = await answer(project, ['check', '--only', 'problems']);
    expect(found).toBe(3);
    expect(findings).toMatchObject([
      { message: expect.stringContaining('REGION is not set'), revisions: ['M2_throws'] },
    ]);
    // It is reported when it is shown; commands that do not need it continue.
    expect(await answer(project, ['show', 'M2_throws'])).toMatchObject({ code: 0 });
    expect(await answer(project, ['upgrade', 'M1_fine', '--plan'])).toMatchObject({ code: 0 });
    await project.addMigration(
      'M2_throws',
      fine.replace(
        'up()',
        `constructor() { super(...arguments as never); throw new Error('made badly'); } up()`,
      ),
    );
    expect(await failure(project, ['upgrade', 'head', '--yes'])).toMatchObject({
      code: 'migration-broken',
      message: expect.stringMatching(/M2_throws\.ts.*made badly/),
    });
    await project.addMigration('M2_throws', fine.replace('this.addSql', 'process.exit(0); this.addSql'));
    expect(await failure(project, ['upgrade', 'head', '--yes'])).toMatchObject({ code: 'process-ended' });
    await project.addMigration(
      'M2_throws',
      fine.replace('up() {', `up() { setInterval(() => {}, 1000); throw new Error('duplicate data');`),
    );
    const { code, steps, error } = await answer(project, ['upgrade', 'head', '--yes']);
    expect({ code, steps }).toMatchObject({
      code: 1,
      steps: [{ outcome: 'not run' }, { outcome: 'failed' }],
    });
    expect(error).toMatchObject({
      code: 'migration-threw',
      message: expect.stringContaining('duplicate data'),
    });
    expect(await database.query(`select 1 from pg_tables where schemaname = 'public'`)).toEqual([]);
  });
});

describe('the database', async () => {
  const database: Database = await createDatabase();
  const password = `s3cret/ü@'"; ${Math.random()}`;
  const role = `role ${Math.random()}`;
  await database.query(
    `create role "${role}" login password '${password.replaceAll("'", "''")}'; revoke connect on database "${database.name}" from public`,
  );
  const { hostname, port } = new URL(database.url);
  const project = await makeProject({
    typescript: false,
    files: {
      'mikro-orm.config.js': `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
const base = { ${options}, host: '${hostname}', port: ${port}, user: ${JSON.stringify(role)}, password: ${JSON.stringify(password)}, dbName: '${database.name}' };
console.log(base, JSON.stringify(base));
const made = {
  denied: {},
  password: { password: ${JSON.stringify(`${password}x`)} },
  none: { password: undefined, user: 'postgres' },
  later: { password: async () => { throw new Error('no vault'); } },
  unknown: { user: 'postgres', password: 'correct horse', dbName: 'no such database' },
  down: { port: 1 },
  host: { host: 'no-such-host.invalid' },
  socket: { host: '/nowhere' },
  ssl: { driverOptions: { ssl: true } },
  url: { host: undefined, port: undefined, user: undefined, password: undefined, dbName: undefined,
    clientUrl: 'postgres://' + encodeURIComponent(${JSON.stringify(role)}) + ':' + encodeURIComponent(${JSON.stringify(password)}) + '@${hostname}:${port}/${database.name}' },
};
export default name => defineConfig({ contextName: name, ...base, ...made[name] });
`,
    },
  });

  test.each(
    sampled([
      ['denied', 'database-refused', /permission denied for database/, /grant connect/],
      ['password', 'database-refused', /password authentication failed/, /Check user and password/],
      ['later', 'database-unreachable', /no vault/, /clientUrl, host, password/],
      ['unknown', 'database-missing', /no database "no such database"/, /createdb/],
      ['down', 'database-unreachable', /ECONNREFUSED/, /Start the server/],
      ['host', 'database-unreachable', /no-such-host\.invalid/, /host and port/],
      ['socket', 'database-unreachable', /local.*ENOENT/, /Start the server/],
      ['ssl', 'database-unreachable', /does not support SSL/, /Remove ssl/],
      ['url', 'database-refused', /permission denied for database/, /grant connect/],
    ] as const),
  )('%s: %s', async (context, code, message, next) => {
    const { stderr, ...said } = await answer(project, ['status', '--context', context]);
    expect(said).toMatchObject({
      code: 1,
      error: { code, message: expect.stringMatching(message), next: expect.stringMatching(next) },
    });
    const everything = stderr + JSON.stringify(said);
    for (const secret of [
      password,
      encodeURIComponent(password),
      JSON.stringify(password).slice(1, -1),
      's3cret',
    ])
      expect(everything).not.toContain(secret);
  });
});

test('an embedded database that is open in another process', async () => {
  const project = await makeProject({ pglite: true, migrations: { M1: { up: 'create table "t" ()' } } });
  await mkdir(project.path('.data'));
  await project.write('.data/PG_VERSION', '18');
  const release = lockEmbedded(project.path('.data'));
  try {
    expect(await failure(project, ['upgrade', 'head', '--yes'])).toMatchObject({
      code: 'database-locked',
      message: expect.stringContaining(`pid ${process.pid}`),
      next: expect.stringContaining('Close that one first'),
    });
  } finally {
    release();
  }
});

test('no project', async () => {
  const root = await makeFolder('nowhere');
  const project = { root } as Project;
  expect(await failure(project, ['status'])).toMatchObject({ code: 'no-project', next: expect.any(String) });
});
