import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { program } from '../support/program.ts';
import { serverUrl } from '../support/server.ts';
import { blocksOf } from './pages/blocks.ts';
import { chat } from './pages/states.ts';

/* The statements of docs/requirements.md, for roles that may do nothing else. */

const statements = (await blocksOf('docs/requirements.md'))
  .filter(({ language }) => language === 'sql')
  .map(({ text }) => text.replaceAll(/^--.*\n/gm, ''));
const [forRuns = '', forReading = '', forShadow = ''] = statements;

test('the privileges of docs/requirements.md are enough, and the first ones are needed', async () => {
  const { project, database } = await chat({ merged: true });
  const suffix = randomBytes(4).toString('hex');
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const config = await project.read('mikro-orm.config.ts');
  const named = (sql: string): string =>
    sql
      .replaceAll(/\b(migrator|reader|tester)\b/g, role => `${role}_${suffix}`)
      .replaceAll('database chat', `database ${database.name}`);
  const urlOf = (role: string, base = database.url): string => {
    const url = new URL(base);
    url.username = `${role}_${suffix}`;
    url.password = 'pw';
    return url.href;
  };
  const run = async (role: string, ...args: string[]) => {
    const own = config.replace(/clientUrl: ".*?"/, `clientUrl: ${JSON.stringify(urlOf(role))}`);
    expect(own).not.toBe(config);
    // Node imports a file once.
    await project.write(`${role}.config.ts`, own);
    return program(project.root, [...args, '--config', `${role}.config.ts`]);
  };
  try {
    for (const role of ['migrator', 'reader', 'tester'])
      await admin.query(named(`create role ${role} login password 'pw'`));

    expect((await run('migrator', 'upgrade', 'head', '--yes')).text).toContain('permission denied');
    await admin.query(named(forRuns));
    const upgraded = await run('migrator', 'upgrade', 'head', '--yes');
    expect(upgraded.code, upgraded.text).toBe(0);
    expect(upgraded.text).not.toContain('not recorded');

    expect((await run('reader', 'status')).code).toBe(1);
    await admin.query(named(forReading));
    for (const command of ['status', 'history', 'journal', 'downgrade base --plan', 'check --only pending']) {
      const read = await run('reader', ...command.split(' '));
      expect(read.code, `${command}: ${read.text}`).toBe(0);
    }
    expect((await run('reader', 'journal')).text).toContain('add_reactions');

    await admin.query(named(forShadow));
    const shadow = urlOf('tester', serverUrl());
    const rehearsed = await run('migrator', 'rehearse', 'base', '--down', '--shadow', shadow);
    expect(rehearsed.code, rehearsed.text).toBe(0);
  } finally {
    await admin.end();
  }
});
