import { join } from 'node:path';
import { type MigrationSketch, makeProject, type Project, repository } from '../test/support/project.ts';
import { measure } from './measure.ts';
import { startBenchServer } from './server.ts';
import { median, type Row, ratioRow } from './table.ts';

/** Project sizes, and how often each command is run. */
const sizes: readonly (readonly [count: number, rounds: number])[] = (
  process.env.BENCH_COUNTS ?? '100:5,1000:3,10000:1'
)
  .split(',')
  .map(part => part.split(':').map(Number) as [number, number]);

const program = join(repository, 'bin/migtui.js');
const stockProgram = join(repository, 'node_modules/@mikro-orm/cli/cli.js');

/**
 * CPU time of read-only commands, alternating with the stock CLI's `migration:pending` and plain Node, so
 * that other load slows all of them. `offline`: no server answers.
 */
export async function benchCommands(): Promise<Row[]> {
  const server = await startBenchServer();
  try {
    const rows: Row[] = [];
    const bare = { program: process.execPath, args: ['-e', '0'] };
    rows.push(
      ...(await inTurns(9, 2, [
        ['bare Node', bare],
        ['migtui --version', { program: process.execPath, args: [program, '--version'] }],
      ])),
    );
    for (const [count, rounds] of sizes) {
      const project = await madeOf(count);
      const env = { ...process.env, DATABASE: await server.freshUrl() };
      const offline = { ...process.env, DATABASE: 'postgres://nobody@127.0.0.1:1/none' };
      const command = (args: readonly string[], more: NodeJS.ProcessEnv, file = program) => ({
        program: process.execPath,
        args: [file, ...args],
        cwd: project.root,
        env: more,
      });
      await measure(command(['ensure-version'], env));
      const name = (what: string): string => `${what}, ${count.toLocaleString('en')} revisions`;
      const stock = [
        name('stock migration:pending'),
        command(['migration:pending'], env, stockProgram),
      ] as const;
      rows.push(
        ...(await inTurns(rounds, 0.6, [
          stock,
          ...['status', 'history', 'pending', 'heads'].map(
            what => [name(`migtui ${what}`), command([what], env)] as const,
          ),
        ])),
        ...(
          await inTurns(rounds, 0.4, [
            stock,
            ...['history', 'heads', 'show head'].map(
              what => [name(`migtui ${what}, offline`), command(what.split(' '), offline)] as const,
            ),
          ])
        ).slice(1),
      );
    }
    return rows;
  } finally {
    await server.stop();
  }
}

/** Runs each command once per round; the first is the reference for the others. */
async function inTurns(
  rounds: number,
  most: number,
  commands: readonly (readonly [what: string, command: Parameters<typeof measure>[0]])[],
): Promise<Row[]> {
  const times = commands.map(() => [] as number[]);
  // The caches are warm.
  for (const [, command] of commands) await measure(command);
  for (let round = 0; round < rounds; round++) {
    for (const [at, [, command]] of commands.entries()) times[at]?.push((await measure(command)).cpu);
  }
  const against = median(times[0] ?? []);
  return commands.map(([what], at): Row => {
    const value = median(times[at] ?? []);
    const ratio = value / against;
    return ratioRow(what, `${value.toFixed(0)} ms`, ratio, at === 0 ? undefined : most);
  });
}

function madeOf(count: number): Promise<Project> {
  const migrations: Record<string, MigrationSketch> = {};
  let before: string | undefined;
  for (let index = 1; index <= count; index++) {
    const at = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString().replace(/[-T:]|\.\d{3}Z$/g, '');
    const name = `Migration${at}_table_${index}`;
    migrations[name] = {
      up: `create table "table_${index}" ("id" serial primary key, "name" text not null)`,
      down: `drop table "table_${index}"`,
      revises: before === undefined ? [] : [before],
    };
    before = name;
  }
  return makeProject({
    migrations,
    url: 'postgres://unused@127.0.0.1:1/unused',
    config: 'clientUrl: process.env.DATABASE,',
  });
}
