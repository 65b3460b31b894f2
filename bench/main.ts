import { benchCommands } from './commands.ts';
import { benchFleet } from './fleet.ts';
import { benchRevisions } from './revisions.ts';
import { benchRun } from './run.ts';
import { benchStart } from './start.ts';
import { printTable } from './table.ts';
import { benchTui } from './tui.ts';
import { benchUpgrade } from './upgrade.ts';

/*
 * `npm run bench`: all measurements of one run on one machine; compare ratios. `npm run bench tui` runs one
 * of them.
 */

const benches = {
  revisions: { title: 'Revisions: 100,000 of them', run: () => benchRevisions() },
  tui: { title: 'Screen: 10,000 revisions at 200x50', run: () => benchTui() },
  run: { title: 'A run watched in the app', run: () => benchRun() },
  upgrade: { title: 'Upgrade and downgrade, beside others', run: () => benchUpgrade() },
  commands: { title: 'Commands that look: processor time', run: () => benchCommands() },
  fleet: { title: 'A fleet of schemas, beside a loop of the stock migrator', run: () => benchFleet() },
  start: { title: 'Start and upgrade: 100 migrations', run: () => benchStart() },
};

const asked = process.argv.slice(2);
for (const [name, { title, run }] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  printTable(title, await run());
}
