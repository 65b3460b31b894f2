import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cleanEnvironment,
  makeDemo,
  makeFolder,
  makeProject,
  migtui,
  type Output,
  type Project,
  repository,
  runNode,
  stockCli,
} from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { chats, migrations, seen, title } from '../support/three-revisions.ts';

/* The built program, spawned as users and CI run it. */

const bin = join(repository, 'bin/migtui.js');
const json = (output: Output) => JSON.parse(output.stdout);

describe('on a server', () => {
  let database: Database;
  let project: Project;

  beforeAll(async () => {
    database = await createDatabase();
    project = await makeProject({ url: database.url, migrations });
  });

  afterAll(async () => {
    await database.drop();
  });

  test('reading an empty database says so and creates nothing', async () => {
    const status = await migtui(project, ['status', '--json']);
    expect(status.code).toBe(0);
    expect(json(status)).toMatchObject({
      database: { kind: 'postgresql', state: 'connected', table: 'absent' },
      current: [],
      heads: [seen],
      applied: 0,
      pending: [chats, title, seen],
      missing: [],
    });
    expect(await database.query('select 1 from pg_tables where schemaname = $1', ['public'])).toEqual([]);
  });

  test('upgrades by one, to the head, and downgrades by one', async () => {
    const up = await migtui(project, ['upgrade', '+1', '--yes', '--json']);
    expect(json(up)).toMatchObject({
      steps: [{ revision: chats, action: 'up', outcome: 'done', ms: expect.any(Number) }],
      tips: [chats],
    });
    const head = await migtui(project, ['upgrade', 'head', '--yes']);
    expect(head).toMatchObject({ code: 0, stdout: expect.stringContaining('Current: 20260103000000 seen') });
    expect((await stockCli(project, ['migration:pending'])).stdout).not.toContain('Migration2026');
    const down = await migtui(project, ['downgrade', '-1', '--yes', '--json']);
    expect(json(down)).toMatchObject({ steps: [{ revision: seen, action: 'down' }], tips: [title] });
    expect(json(await migtui(project, ['current', '--json']))).toMatchObject([
      { id: title, state: 'applied', inferred: true, appliedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
  });

  test('shows a plan and runs nothing', async () => {
    const plan = await migtui(project, ['upgrade', 'head', '--plan', '--json']);
    expect(json(plan)).toMatchObject({
      steps: [{ revision: seen, action: 'up', sql: ['alter table "chats" add "seen" int null'] }],
      tips: [seen],
    });
    expect(json(await migtui(project, ['status', '--json'])).pending).toEqual([seen]);
  });

  test.each([
    [['upgrade', 'head', '--json'], 1, 'needs-yes'],
    [['upgrade', 'nope', '--yes', '--json'], 1, 'unknown-target'],
    [['downgrade', '+1', '--yes', '--json'], 1, 'wrong-direction'],
    [['upgrade', 'head', '--yes', '--read-only', '--json'], 1, 'read-only'],
    [['upgrade', '--json'], 2, 'usage'],
    [['upgrade', 'head', '--nope', '--json'], 2, 'usage'],
    [['nope', '--json'], 2, 'usage'],
    [['status', '--config', 'nope.ts', '--json'], 1, 'no-config'],
  ])('%j is refused with exit code %i', async (args, code, error) => {
    const output = await migtui(project, args);
    expect(output.code).toBe(code);
    expect(json(output).error.code).toBe(error);
    expect(json(output).error.message).toEqual(expect.any(String));
    expect(json(await migtui(project, ['status', '--json'])).current).toEqual([title]);
  });

  test('a closed pipe is not an error', async () => {
    const { code, stderr } = await new Promise<Output>(resolve => {
      const shell = spawn('sh', ['-c', `"${process.execPath}" "${bin}" history -v | head -n 0`], {
        cwd: project.root,
        env: cleanEnvironment(),
      });
      let stderr = '';
      shell.stderr.on('data', chunk => {
        stderr += chunk;
      });
      shell.on('close', code => resolve({ code, stdout: '', stderr }));
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('a failing migration', () => {
  test("prints PostgreSQL's error with the position, and what is applied", async () => {
    const database = await createDatabase();
    const project = await makeProject({
      url: database.url,
      migrations: { [chats]: migrations[chats], [title]: { up: 'alter table "chats"\n  add "id" int' } },
    });
    const text = await migtui(project, ['upgrade', 'head', '--yes']);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('column "id" of relation "chats" already exists');
    expect(text.stdout).toContain('42701');
    expect(text.stdout).toContain('This run left no changes in the database.');
    const output = await migtui(project, ['upgrade', 'head', '--yes', '--json']);
    expect(output.code).toBe(1);
    expect(json(output)).toMatchObject({
      steps: [{ outcome: 'not run', rolledBack: true }, { outcome: 'failed' }],
      tips: [],
      error: { message: expect.stringContaining('already exists'), sql: { sqlState: '42701' } },
    });
    await database.drop();
  });
});

describe('an interrupted run', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s rolls back and prints the state', async signal => {
    const database = await createDatabase();
    const project = await makeProject({
      url: database.url,
      migrations: { [chats]: migrations[chats], [title]: { up: 'select pg_sleep(60)' } },
    });
    const child = spawn(process.execPath, [bin, 'upgrade', 'head', '--yes', '--json'], {
      cwd: project.root,
      env: cleanEnvironment(),
    });
    let stdout = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    const closed = new Promise<number | null>(resolve => child.on('close', resolve));
    const sleeping = `select 1 from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(60)'`;
    while ((await database.query(sleeping)).length === 0) await delay(50);
    child.kill(signal);
    expect(await closed).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ tips: [], cancelled: true });
    expect(await database.query('select 1 from pg_tables where tablename = $1', ['chats'])).toEqual([]);
    await database.drop();
  });

  const hanging = `import { Migration } from '@mikro-orm/migrations';
export class ${title} extends Migration {
  override async up(): Promise<void> {
    await this.execute('create table "hanging" ("id" int)');
    // no rows when it is only previewed
    const rows = await this.execute('select 1 as "here"');
    if (rows.length > 0) await new Promise(resolve => setTimeout(resolve, 600_000));
  }
}
`;

  test.each([
    { signals: ['SIGINT', 'SIGINT'] as const, how: 'a second Ctrl-C insists' },
    { signals: ['SIGTERM'] as const, how: 'SIGTERM insists by itself' },
  ])('with hanging code: $how, and the state is printed', async ({ signals }) => {
    const database = await createDatabase();
    const project = await makeProject({ url: database.url, migrations: { [title]: hanging } });
    const child = spawn(process.execPath, [bin, 'upgrade', 'head', '--yes'], {
      cwd: project.root,
      env: cleanEnvironment(),
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        said += chunk;
      });
    }
    const closed = new Promise<number | null>(resolve => child.on('close', resolve));
    const here = `select 1 from pg_stat_activity where datname = current_database() and query = 'select 1 as "here"' and state like 'idle%'`;
    while ((await database.query(here)).length === 0) await delay(50);
    for (const signal of signals) {
      child.kill(signal);
      while (!said.includes(signal)) await delay(50);
      // Earlier, it would count as the same one, forwarded by npx.
      await delay(600);
    }
    expect(await closed).toBe(1);
    expect(said).toContain('Closing the connection without waiting for the server.');
    expect(said).toContain('This run left no changes in the database.');
    expect(await database.query(`select to_regclass('hanging') as t`)).toEqual([{ t: null }]);
    await database.drop();
  });
});

describe("the project's own code", () => {
  test('may print anything: stdout has only the result', async () => {
    const database = await createDatabase();
    const noisy = (source: string) => `console.log('noise', process.env.NODE_ENV);\n${source}`;
    const project = await makeProject({
      url: database.url,
      migrations: {
        [chats]: `import { Migration } from '@mikro-orm/migrations';
export class ${chats} extends Migration {
  up() { console.log('{"from": "up"}'); process.stdout.write('raw\\n'); this.addSql('select 1'); }
}
`,
      },
    });
    await project.write('mikro-orm.config.ts', noisy(await project.read('mikro-orm.config.ts')));
    const status = await migtui(project, ['status', '--json']);
    expect(json(status).pending).toEqual([chats]);
    expect(status.stderr).toContain('noise undefined');
    const run = await migtui(project, ['upgrade', 'head', '--yes', '--json']);
    expect(json(run)).toMatchObject({ steps: [{ outcome: 'done' }] });
    expect(run.stderr).toContain('{"from": "up"}');
    expect(run.stderr).toContain('raw');
    await database.drop();
  });

  test('that ends the process is not a success', async () => {
    const project = await makeProject({ migrations });
    await project.write('mikro-orm.config.ts', 'process.exit(0);\nexport default {};\n');
    const output = await migtui(project, ['status', '--json']);
    expect(output.code).toBe(1);
    expect(json(output).error.code).toBe('process-ended');
  });
});

describe('a project that cannot be opened', () => {
  test.each([
    ['a server that is not there', 'postgres://ana:secret-word@127.0.0.1:1/chat', 'database-unreachable'],
  ])('%s', async (_, url, error) => {
    const project = await makeProject({ url, migrations });
    for (const command of ['status', 'current', 'pending']) {
      const output = await migtui(project, [command, '--json']);
      expect(output.code).toBe(1);
      expect(json(output).error.code).toBe(error);
      expect(output.stdout + output.stderr).not.toContain('secret-word');
    }
    const history = await migtui(project, ['history']);
    expect(history.code).toBe(0);
    expect(history.stderr).toContain('No revision is shown as applied');
    const text = await migtui(project, ['status']);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('ana@127.0.0.1:1/chat cannot be reached');
  });

  test('TypeScript without a loader: the advice in the error works', async () => {
    const project = await makeProject({
      migrations,
      typescript: true,
      url: 'postgres://ana@127.0.0.1:1/chat',
      packageJson: { 'mikro-orm': { tsLoader: 'none' } },
    });
    const refused = json(await migtui(project, ['heads', '--json'])).error;
    expect(refused).toMatchObject({
      code: 'no-ts-loader',
      message: expect.stringContaining('does not know the loader "none"'),
      next: expect.stringContaining('"preferTs": true'),
    });
    const manifest = JSON.parse(await project.read('package.json'));
    manifest['mikro-orm'].preferTs = true;
    await project.write('package.json', JSON.stringify(manifest));
    expect(json(await migtui(project, ['heads', '--json']))).toHaveLength(1);
  });

  test('a folder without a project', async () => {
    const output = await runNode(await makeFolder(), bin, ['status', '--json']);
    expect(output.code).toBe(1);
    expect(json(output).error.code).toBe('no-project');
  });

  test('invalid settings: the file, the setting and the allowed values are named', async () => {
    const project = await makeProject({ migrations, packageJson: { migtui: { lockTimout: '5s' } } });
    const output = await migtui(project, ['status']);
    expect(output.code).toBe(1);
    expect(output.stderr).toContain(
      'package.json ("migtui"): there is no setting "lockTimout" (did you mean "lockTimeout"?)',
    );
  });
});

describe('the demo on PGlite', () => {
  test('does not exist, has two heads, and is created by the first upgrade', async () => {
    const demo = await makeDemo();
    const run = (...args: string[]) => migtui(demo, args);
    const before = await run('status', '--json');
    expect(before.code).toBe(0);
    expect(json(before)).toMatchObject({ applied: 0, database: { kind: 'pglite', state: 'missing' } });
    const { heads } = json(before);
    expect(heads).toHaveLength(2);
    const refused = await run('upgrade', 'head', '--yes', '--json');
    expect(json(refused).error).toMatchObject({ code: 'multiple-heads', candidates: heads });
    expect(json(await run('upgrade', 'heads', '--yes', '--json')).tips).toEqual(heads);
    const graph = await run('history', '--graph');
    expect(graph.stdout).toContain('├─╯');
  }, 180_000);
});

describe('completion', () => {
  test('prints a script for each shell', async () => {
    const project = await makeProject({ migrations });
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { code, stdout } = await migtui(project, ['completion', shell]);
      expect(code).toBe(0);
      expect(stdout).toContain('migtui');
    }
    expect((await migtui(project, ['completion', 'tcsh'])).code).toBe(2);
  });

  test('completes commands, options, revisions and labels, without running the project', async () => {
    const project = await makeProject({
      migrations: { ...migrations, [seen]: { ...migrations[seen], labels: ['chat'] } },
    });
    await project.write('mikro-orm.config.ts', 'throw new Error("run");\n');
    const complete = async (...words: string[]) =>
      (await migtui(project, ['complete', '--', ...words])).stdout
        .split('\n')
        .map(line => line.split('\t')[0]);
    expect(await complete('up')).toContain('upgrade');
    expect(await complete('upgrade', '--lock')).toContain('--lock-wait');
    expect(await complete('upgrade', '')).toEqual(
      expect.arrayContaining(['head', 'heads', '+1', 'chat@head', '20260103000000', '20260101000000']),
    );
    expect(await complete('show', '202601010')).toEqual(['20260101000000', ':4', '']);
    expect(await complete('squash', '202601010')).toEqual(['20260101000000', ':4', '']);
    expect(await complete('fleet', 'upgrade', 'chat')).toEqual(['chat@head', ':4', '']);
  });

  test('completes in bash', async () => {
    const project = await makeProject({ migrations });
    await project.write('script', (await migtui(project, ['completion', 'bash'])).stdout);
    const line = `
      migtui() { "${process.execPath}" "${bin}" "$@"; }
      _get_comp_words_by_ref() { cur=2026010; words=(migtui upgrade 2026010); cword=2; }
      complete() { :; }; compopt() { :; }
      source ./script && __migtui_complete && printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', line], { cwd: project.root });
    expect(
      stdout
        .split('\n')
        .filter(word => word !== '')
        .map(word => word.split(/\s/)[0]),
    ).toEqual(['20260103000000', '20260102000000', '20260101000000']);
  });
});
