import { benchRevisions } from './revisions.ts';
import { benchStart } from './start.ts';
import { printTable } from './table.ts';

/* `npm run bench`: every figure of one run on one machine; trust the ratios. */

const benches = {
  revisions: () => benchRevisions(),
  start: () => benchStart(),
};

const asked = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  printTable(name, await bench());
}
