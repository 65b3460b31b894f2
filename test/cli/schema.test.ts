import { expect, test } from 'vitest';
import { ids, migtui } from './fake.ts';

/** Responds like an engine that was opened for this schema. */
const inSchema = (schema: string) => ({
  overview: {
    project: {
      name: 'chat',
      root: '/chat',
      configFile: 'mikro-orm.config.ts',
      context: 'default',
      contexts: ['default'],
      folder: 'migrations',
      table: `${schema}.mikro_orm_migrations`,
      schema,
      defaultSchema: 'public',
      readOnly: false,
      protected: false,
      policy: [],
    },
  },
});

test.each([
  'status',
  'history',
  'pending',
  'show head',
  'upgrade head --plan',
  'downgrade -1 --plan',
  'stamp head --plan',
  'check',
  'journal',
  'upgrade base:head --sql',
])('%s takes --schema', async command => {
  expect((await migtui(`${command} --schema tenant_7`)).opened?.schema).toBe('tenant_7');
  expect((await migtui(`${command} -s tenant_7`)).opened?.schema).toBe('tenant_7');
  expect((await migtui(command)).opened?.schema).toBeUndefined();
});

test('the app supports it', async () => {
  const { app } = await migtui('--schema tenant_7', { types: [], colours: true });
  expect(app?.options.schema).toBe('tenant_7');
});

test('the status shows it, and so do the suggested commands', async () => {
  const { stdout } = await migtui('status --schema "tenant 7"', inSchema('tenant 7'));
  expect(stdout).toContain('ana@db.staging/chat · PostgreSQL 18.4 · schema tenant 7');
  expect(stdout).toContain("migtui upgrade head --schema 'tenant 7'");
});

test('the plan and the question show it', async () => {
  const { stderr, code } = await migtui(`upgrade ${ids.last} --schema tenant_7`, {
    ...inSchema('tenant_7'),
    types: ['y'],
  });
  expect(code).toBe(0);
  expect(stderr).toContain('on ana@db.staging/chat, schema tenant_7: 1 step');
  expect(stderr).toContain('Run 1 step on ana@db.staging/chat, schema tenant_7? [y/N]');
});
