const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');

// A compilation in the background that wants memory while the process exits waits for the main thread, which waits
// for it: one exit in some thirty hung. https://github.com/nodejs/node/issues/54918
setFlagsFromString('--no-concurrent-sparkplug');

const main = join(__dirname, '..', 'dist', 'main.js');

if (existsSync(main)) {
  enableCompileCache();
  import(pathToFileURL(main).href);
} else {
  console.error(`migtui is not built: ${main} is missing.\nIn a clone of the repository: npm run build`);
  process.exitCode = 1;
}
