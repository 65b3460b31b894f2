const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');

// A background compilation that needs memory while the process exits waits for the main thread, which waits
// for it: about one exit in thirty hung. https://github.com/nodejs/node/issues/54918
setFlagsFromString('--no-concurrent-sparkplug');
// Do not compile WebAssembly functions a second time: optimizing PostgreSQL's grammar takes about 500 MB and
// a second of CPU time, and saves less than 2 ms per statement. The engine process sets the same.
setFlagsFromString('--wasm-tier-up-filter=0');

const asked = process.argv.slice(2);

// Commands that end before optimized code has saved as much time as it took to compile: over 10,000 revisions,
// the optimizing compiler takes a tenth of their time.
const short = ['status', 'history', 'list', 'heads', 'pending', 'current', 'branches', 'show'];
if (short.includes(asked.find(argument => !argument.startsWith('-')))) setFlagsFromString('--no-opt');

const main = join(__dirname, '..', 'dist', 'main.js');

if (!existsSync(main)) {
  console.error(`migtui is not built: ${main} is missing.\nIn a clone of the repository: npm run build`);
  process.exitCode = 1;
} else if (asked.length === 1 && (asked[0] === '--version' || asked[0] === '-V')) {
  // Nothing else is loaded for it.
  process.stdout.write(`${require('../package.json').version}\n`);
} else {
  // Deno does not have it.
  enableCompileCache?.();
  import(pathToFileURL(main).href);
}
