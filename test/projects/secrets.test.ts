import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../src/database/connect/refusal.ts';
import { redactor } from '../../src/foundation/secrets/redactor.ts';
import { makeProject, migtui } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

describe('the messages of a server that refuses a login', () => {
  const address = {
    kind: 'postgresql',
    name: 'shop',
    host: 'db',
    label: 'ana@db/shop',
    folder: null,
  } as const;
  redactor.learn('s3cret');
  const refused = (code: string | undefined, message: string) =>
    refusalOf(Object.assign(new Error(message), code && { code }), address);

  test.each([
    [
      '28000',
      'no pg_hba.conf entry for host "10.0.0.1", user "ana", database "shop", no encryption',
      'refused',
      /wants SSL.*ssl: true/,
    ],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'self-signed certificate in certificate chain',
      'unreachable',
      /ssl: \{ ca \}/,
    ],
    ['53300', 'sorry, too many clients already', 'refused', /Wait/],
    ['57P03', 'the database system is starting up', 'unreachable', /Try again in a moment/],
    [
      undefined,
      'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
      'refused',
      /user and password/,
    ],
    ['28P01', 'password authentication failed for user "ana" with s3cret', 'refused', /user and password/],
  ])('%s %s', (code, message, state, next) => {
    const refusal = refused(code, message);
    expect(refusal).toMatchObject({ state, failure: { next: expect.stringMatching(next) } });
    expect(refusal.failure.message).not.toContain('s3cret');
  });
});

test('no command prints a password of a revision, and the journal has none; the SQL script runs', async () => {
  const secret = 'zq9SecretZq';
  const role = `app_${Date.now()}`;
  const id = (day: number, slug: string) => `Migration2026010${day}000000_${slug}`;
  const source = (name: string, up: string, down = '') => `import { Migration } from '@mikro-orm/migrations';
export class ${name} extends Migration {
  async up() { ${up} }
  async down() { ${down} }
}
`;
  const database = await createDatabase();
  const [first, second, third, fourth] = [
    id(1, 'role'),
    id(2, 'mapping'),
    id(3, 'bad'),
    id(4, 'throws'),
  ] as const;
  const project = await makeProject({
    url: database.url,
    typescript: false,
    config: `schemaGenerator: { ignoreSchema: ['migtui'] }`,
    migrations: {
      [first]: source(
        first,
        `this.addSql("create role ${role} password '${secret}-1'"); this.addSql("alter role ${role} password E'${secret}-2'");`,
        `this.addSql("drop role ${role}"); this.addSql("select 1 where 'password=${secret}-3' = ''");`,
      ),
      [second]: source(
        second,
        `console.log("dblink_connect('host=x password=${secret}-4 user=y') PGPASSWORD=${secret}-5");
         this.addSql('create extension if not exists postgres_fdw');
         this.addSql("create server far foreign data wrapper postgres_fdw options (host 'h')");
         this.addSql("create user mapping for current_user server far options (user 'u', password '${secret}-6')");
         this.addSql("create subscription s connection 'host=127.0.0.1 port=1 password=${secret}-7' publication p with (connect=false, slot_name=none)");`,
      ),
      [third]: source(third, `this.addSql(String("alter role x password '${secret}-8' nonsense"));`),
      [fourth]: source(
        fourth,
        `throw new Error("alter user x password '${secret}-9' postgres://a:${secret}-10@h/db");`,
      ),
    },
  });
  const script = await migtui(project, ['upgrade', `base:${first}`, '--sql']);
  expect(script.stdout).toContain(`${secret}-1`);
  let masked = 0;
  for (const args of [
    ['show', second],
    ['show', first, '--json'],
    ['show', third],
    ['show', fourth],
    ['upgrade', 'head', '--plan'],
    ['upgrade', 'head', '--plan', '--json'],
    ['check'],
    ['lint', '--format', 'github'],
    ['upgrade', '+2', '--yes', '-v'],
    ['upgrade', '+1', '--yes', '-v'],
    ['upgrade', '+1', '--yes', '--json'],
    ['status', '--json'],
    ['journal', '--json'],
    ['downgrade', 'base', '--plan'],
  ]) {
    const { stdout, stderr } = await migtui(project, args);
    expect([args, stdout + stderr]).toEqual([args, expect.not.stringContaining(secret)]);
    masked += (stdout + stderr).split('***').length - 1;
  }
  expect(masked).toBeGreaterThan(20);
  const rows = await database.query<{ row: string }>('select j::text as row from migtui.journal j');
  expect(rows.length).toBeGreaterThan(2);
  expect(JSON.stringify(rows)).not.toContain(secret);
});

test.each([
  ['password', 'password: async () => given'],
  ['driverOptions', 'driverOptions: { password: async () => given }'],
])('what a password function in %s returns is masked before there is a connection', async (_, option) => {
  const secret = 'zq9LaterSecretZq';
  const id = 'Migration20260101000000_prints';
  const project = await makeProject({
    typescript: false,
    files: {
      'mikro-orm.config.js': `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
const given = ['zq9Later', 'SecretZq'].join('');
export default defineConfig({ host: '127.0.0.1', port: 1, user: 'ana', dbName: 'shop', entities: [], discovery: { warnWhenNoEntities: false },
  extensions: [Migrator], migrations: { path: 'migrations', snapshot: false }, ${option} });
`,
      [`migrations/${id}.js`]: `import { Migration } from '@mikro-orm/migrations';
export class ${id} extends Migration {
  async up() {
    console.log('${secret}');
    await this.execute("select '${secret}'");
    throw new Error('with ${secret}');
  }
}
`,
    },
  });
  for (const command of [
    ['check'],
    ['check', '--only', 'snapshot,problems', '--json'],
    ['show', 'head'],
    ['lint'],
  ]) {
    const { stdout, stderr } = await migtui(project, command);
    expect([command, stdout + stderr]).toEqual([command, expect.not.stringContaining(secret)]);
  }
});
