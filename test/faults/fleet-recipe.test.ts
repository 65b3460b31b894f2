import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadSettings } from '../../src/settings/load.ts';
import { closeAll, fleetOf, one, type TestFleet, three, two } from '../fleet/support.ts';
import { makeFolder, migtui, repository } from '../support/project.ts';

/* docs/fleet.md, followed step by step. */

afterEach(closeAll);

const docs = await readFile(join(repository, 'docs/fleet.md'), 'utf8');

/** The arguments of a command line on the page, without quotes. */
const argsOf = (line: string): string[] =>
  (line.match(/'[^']*'|\S+/g) ?? []).map(word => word.replace(/^'|'$/g, ''));

const names = Array.from({ length: 12 }, (_, at) => `tenant_${at + 1}`);
const tenants = (applied: readonly string[]) => Object.fromEntries(names.map(name => [name, applied]));

async function expectAllAtHead(fleet: TestFleet): Promise<void> {
  for (const name of names) expect(await fleet.applied(name)).toEqual([one, two, three]);
}

test('every sample of the settings is valid', async () => {
  const block = docs.split('```json')[1]?.split('```')[0] as string;
  const rows = [...docs.matchAll(/^\| (`\{ ".*?) \| /gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\{.*?\})`(?=, `\{|$)/g)].map(([, sample]) => sample as string),
  );
  expect(rows.length).toBeGreaterThan(8);
  const waves = /`waves` is a list such as `(\[.*?\])`/.exec(docs)?.[1] as string;
  for (const fleet of [
    JSON.parse(block).migtui.fleet,
    { targets: rows.map(row => JSON.parse(row)), waves: JSON.parse(waves) },
  ]) {
    const root = await makeFolder('settings');
    await writeFile(join(root, 'package.json'), JSON.stringify({ migtui: { fleet } }));
    await expect(loadSettings(root, { XDG_CONFIG_HOME: root })).resolves.toMatchObject({
      fleet: { onError: 'stop' },
    });
  }
});

test('every command line works, in the order of the page', async () => {
  const fleet = await fleetOf(tenants([one]), { targets: { schemas: 'tenant_*', tags: ['eu', 'imported'] } });
  const lines = [...docs.matchAll(/^ {4}(migtui .*)$/gm)].map(([, line]) => line as string);
  expect(lines.length).toBeGreaterThan(7);
  const expected: Record<string, number> = {
    // Pending revisions are reported.
    'migtui fleet check': 3,
  };
  for (const line of lines) {
    const [, ...args] = argsOf(line);
    const asks = /upgrade|downgrade|stamp/.test(line) && !line.includes('--plan');
    const { code, stderr, stdout } = await migtui(fleet.project, [...args, ...(asks ? ['--yes'] : [])]);
    expect({ line, code, said: code === (expected[line] ?? 0) ? '' : stderr + stdout }).toEqual({
      line,
      code: expected[line] ?? 0,
      said: '',
    });
  }
  await expectAllAtHead(fleet);
});

test('the matrix of GitHub Actions upgrades every target once', async () => {
  const fleet = await fleetOf(tenants([one]), { targets: { schemas: 'tenant_*' } });
  const shards = JSON.parse(/shard: (\[.*\])/.exec(docs)?.[1] as string) as number[];
  const line = /- run: npx (migtui fleet .*)/.exec(docs)?.[1] as string;
  const jobs = await Promise.all(
    shards.map(shard =>
      migtui(fleet.project, [
        ...argsOf(line.replace(/\$\{\{ matrix\.shard \}\}/, String(shard))).slice(1),
        '--parallel',
        '2',
      ]),
    ),
  );
  expect(jobs.map(({ code }) => code)).toEqual(shards.map(() => 0));
  await expectAllAtHead(fleet);
});

test('so does the indexed Job of Kubernetes', async () => {
  const fleet = await fleetOf(tenants([one]), { targets: { schemas: 'tenant_*' } });
  const line = /command: \["sh", "-c", "npx (migtui fleet .*)"\]/.exec(docs)?.[1] as string;
  const completions = Number(/completions: (\d+)/.exec(docs)?.[1]);
  const jobs = await Promise.all(
    Array.from({ length: completions }, (_, index) =>
      migtui(fleet.project, [
        ...argsOf(line.replace('$((JOB_COMPLETION_INDEX + 1))', String(index + 1))).slice(1),
        '--parallel',
        '2',
      ]),
    ),
  );
  expect(jobs.map(({ code }) => code)).toEqual(Array.from({ length: completions }, () => 0));
  await expectAllAtHead(fleet);
});
