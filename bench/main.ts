import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { benchCommands } from './commands.ts';
import { benchFleet } from './fleet.ts';
import { benchGrowth, curves } from './growth.ts';
import { benchLarge } from './large.ts';
import { benchRehearse } from './rehearse.ts';
import type { Results } from './results.ts';
import { benchRevisions } from './revisions.ts';
import { benchRun } from './run.ts';
import { benchStart } from './start.ts';
import { printTable } from './table.ts';
import { benchTui } from './tui.ts';
import { benchUpgrade } from './upgrade.ts';

/*
 * `npm run bench`: all measurements of one run on one machine; compare ratios. `npm run bench tui` runs one of them.
 * The last results of each are kept in bench/results.json, from which `node scripts/performance.ts` writes the tables
 * and the plot of docs/performance.md.
 */

const benches = {
  revisions: { title: 'Graphs of 100,000 revisions', run: () => benchRevisions() },
  tui: { title: 'Screen: 10,000 revisions at 200x50', run: () => benchTui() },
  start: { title: 'First frame, complete state, upgrade: 100 revisions', run: () => benchStart() },
  commands: { title: 'Commands that look: processor time', run: () => benchCommands() },
  run: { title: 'A run watched in the app', run: () => benchRun() },
  upgrade: { title: 'Upgrade and downgrade, beside others', run: () => benchUpgrade() },
  growth: { title: 'Growth: processor time', run: () => benchGrowth() },
  rehearse: { title: 'Rehearsals', run: () => benchRehearse() },
  large: { title: 'The app with very many revisions', run: () => benchLarge() },
  fleet: { title: 'A fleet of schemas, beside a loop of the stock migrator', run: () => benchFleet() },
};

const file = fileURLToPath(new URL('results.json', import.meta.url));
const asked = process.argv.slice(2);
const unknown = asked.filter(name => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. Choose from: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}

const results = known();
for (const [name, { title, run }] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const started = performance.now();
  const load = loadavg()[0] ?? 0;
  try {
    const rows = await run();
    printTable(title, rows);
    const seconds = (performance.now() - started) / 1000;
    results.parts[name] = { title, at: new Date().toISOString(), load, seconds, rows };
  } catch (error) {
    // the other figures are worth having
    console.error(`\n${title}: failed\n${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  }
  if (curves.length > 0) results.curves = [...curves];
  results.machine = `${cpus().length} cores, Node ${process.versions.node}`;
  results.commit = commit();
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
}

const goals = Object.values(results.parts).flatMap(({ rows }) => rows.flatMap(({ goal }) => goal ?? []));
console.log(`\n${goals.filter(({ met }) => met).length} of ${goals.length} goals met`);

function known(): Results {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch {
    return { machine: '', commit: '', parts: {}, curves: [] };
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
