const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');

// A compilation in the background that wants memory while the process exits waits for the main thread, which waits
// for it: one exit in some thirty hung. https://github.com/nodejs/node/issues/54918
setFlagsFromString('--no-concurrent-sparkplug');
// No WebAssembly function is compiled a second time: optimizing PostgreSQL's grammar takes some 500 MB and a second of
// processor time, for less than 2 ms that a statement takes without. The engine's process says the same.
setFlagsFromString('--wasm-tier-up-filter=0');

const asked = process.argv.slice(2);

const main = join(__dirname, '..', 'dist', 'main.js');

if (!existsSync(main)) {
  console.error(`migtui is not built: ${main} is missing.\nIn a clone of the repository: npm run build`);
  process.exitCode = 1;
} else if (asked.length === 1 && (asked[0] === '--version' || asked[0] === '-V')) {
  // nothing is loaded for it
  process.stdout.write(`${require('../package.json').version}\n`);
} else {
  // Deno has none
  enableCompileCache?.();
  import(pathToFileURL(main).href);
}
