import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { safeText, styled } from '../../src/cli/shell/safe-text.ts';
import { redactor } from '../../src/foundation/secrets/redactor.ts';
import { makeProject, type Project, repository } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

describe('text for a terminal', () => {
  test('has our nested styles, and no other escape sequences', () => {
    const drawn = styled(`a${styled('b', 32, 39)}\u001b[31m\u009b1m\u202ec`, 31, 39);
    expect(safeText(drawn)).toBe(
      '\u001b[31ma\u001b[32mb\u001b[39m\u001b[31m␛[31m<U+009B>1m<U+202E>c\u001b[39m',
    );
  });

  test('cannot be styled without our marks', () => {
    expect(safeText('\ufdd031/39\ufdd1x')).not.toContain('\u001b');
  });

  test('has no password', () => {
    redactor.learn('hunter2000');
    expect(safeText(`x ${styled('hunter2000', 31, 39)}`)).toBe('x \u001b[31m***\u001b[39m');
  });
});

/** Cursor movement, a title, C1, a bidirectional override: these must never be printed raw. */
const hostile = `\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e`;
/** Everything that a terminal interprets, except line feeds and migtui's own colours. */
const acting = /(?!\u001b\[(?:[12]|22|3[1-69])m)[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u;

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param full the stream that is on a full disk */
function migtui(project: Project, args: readonly string[], full?: 1 | 2): Promise<Said> {
  const device = full ? openSync('/dev/full', 'w') : null;
  const stream = (fd: 1 | 2) => (fd === full ? (device as number) : ('pipe' as const));
  const child = spawn(process.execPath, [join(repository, 'bin/migtui.js'), ...args], {
    cwd: project.root,
    stdio: ['ignore', stream(1), stream(2)],
    env: { ...process.env, VITEST: '', NODE_ENV: '' },
  });
  if (device !== null) closeSync(device);
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', chunk => {
    said.stdout += chunk;
  });
  child.stderr?.on('data', chunk => {
    said.stderr += chunk;
  });
  return new Promise(resolve => child.on('close', code => resolve({ code, ...said })));
}

describe('a project with hostile names', () => {
  let project: Project;
  const name = `Migration20260101000000_x${hostile}`;

  beforeAll(async () => {
    const { url } = await createDatabase();
    project = await makeProject({
      url,
      typescript: false,
      packageJson: { name: `n${hostile}` },
      config: "schemaGenerator: { ignoreSchema: ['migtui'] }",
      migrations: {
        [name]: `import { Migration } from '@mikro-orm/migrations';
export class M extends Migration {
  static labels = ['l${hostile.replace('\u0007', '')}'];
  up() {
    console.log(${JSON.stringify(hostile)}, 'password=leaked1');
    console.error(${JSON.stringify(hostile)}, 'password=leaked2');
    this.addSql(${JSON.stringify(`do $$ begin raise notice '${hostile}'; end $$; -- ${hostile}`)});
    this.addSql(${JSON.stringify(`create role "r${Date.now()}" password 'leaked3'`)});
  }
  down() {
    throw new Error(${JSON.stringify(`${hostile} password=leaked4`)});
  }
}`,
      },
    });
  });

  test('prints nothing raw and no password in any command', async () => {
    const commands: string[][] = [
      ...[['status'], ['history', '-v'], ['show', 'head', '-v'], ['upgrade', 'head', '--plan']],
      ...[['upgrade', 'head', '--yes', '-v'], ['journal'], ['current', '-v'], ['downgrade', 'base', '--yes']],
      ...[['check'], ['show', hostile.replaceAll('\0', '')], [hostile], ['status', '--context', hostile]],
    ];
    for (const [index, command] of commands.entries()) {
      const args = [...command, index % 2 === 0 ? '--color' : '--json'];
      const { stdout, stderr } = await migtui(project, args);
      const said = stdout + stderr;
      expect(said, args.join(' ')).toMatch(/␛|u001b/);
      expect(said, args.join(' ')).not.toMatch(acting);
      expect(said, args.join(' ')).not.toMatch(/leaked/);
      expect(said, args.join(' ')).not.toMatch(/^\s+at .*\.(js|ts):\d/m);
    }
  });

  test('prints the script unchanged, so that it can be run', async () => {
    const { code, stdout } = await migtui(project, ['upgrade', 'base:head', '--sql']);
    expect(code).toBe(0);
    expect(stdout).toContain(`password 'leaked3'`);
    expect(stdout).toContain(hostile);
  });
});

test('a name with line breaks in the migrations table is shown on one line by every command', async () => {
  const database = await createDatabase();
  const first = 'Migration20260101000001';
  const project = await makeProject({
    url: database.url,
    typescript: false,
    packageJson: { migtui: { fleet: { targets: { contexts: true } } } },
    migrations: { [first]: { up: 'select 1', down: 'select 2' } },
  });
  const names = [
    first,
    'words\nFORGED1',
    'Migration20250101000000_words\nFORGED2\ttab',
    `${hostile.replaceAll('\0', '')}\r\nFORGED3`,
    '\nFORGED4\n',
    ' \n ',
  ];
  await database.query(
    'create table mikro_orm_migrations (id serial primary key, name text, executed_at timestamptz default now())',
  );
  await database.query('insert into mikro_orm_migrations (name) select unnest($1::text[])', [names]);
  const commands = [
    ...['status -v', 'history', 'history -v', 'check', 'doctor', 'rehearse', 'show words', 'fleet status -v'],
    ...['fleet check', 'fleet stages', 'downgrade base --plan', 'upgrade head --plan', 'stamp base --plan'],
    ...['stamp base --sql', 'stamp base --yes'],
  ];
  for (const command of commands) {
    const { stdout, stderr } = await migtui(project, command.split(' '));
    // The script of --sql must keep them, in its literals.
    const said = command === 'stamp base --sql' ? stderr : stdout + stderr;
    expect(said, command).not.toMatch(/^[^\n\p{L}↵]*FORGED/mu);
    expect(said, command).not.toMatch(acting);
  }
  expect(await database.query('select from mikro_orm_migrations')).toEqual([]);
});

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  let project: Project;

  beforeAll(async () => {
    const { url } = await createDatabase();
    const migration = (name: string) => ({
      [`Migration2026010100000${name}`]: { up: `select ${name}`, down: `select ${name}` },
    });
    project = await makeProject({
      url,
      typescript: false,
      migrations: { ...migration('1'), ...migration('2') },
    });
  });

  test('during a result is reported, and the result counts as failed', async () => {
    const { code, stderr } = await migtui(project, ['status'], 1);
    expect(code).toBe(1);
    expect(stderr).toContain('Standard output could not be written: the disk is full (ENOSPC).');
  });

  test('during the result of a committed run is not a failure, and the completed run is reported', async () => {
    const { code, stderr } = await migtui(project, ['upgrade', '+1', '--yes'], 1);
    expect(stderr).toContain(
      'Standard output could not be written: the disk is full (ENOSPC). 1 step of 1 is committed.',
    );
    expect(code).toBe(0);
  });

  test('otherwise does not end the run', async () => {
    const { code, stdout } = await migtui(project, ['upgrade', 'head', '--yes', '-v'], 2);
    expect(stdout).toContain(
      'Standard error could not be written: the disk is full (ENOSPC). 1 step of 1 is committed.',
    );
    expect(code).toBe(0);
    expect((await migtui(project, ['pending', '--json'])).stdout).toBe('[]\n');
  });
});
