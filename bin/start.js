const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const main = join(__dirname, '..', 'dist', 'main.js');

if (existsSync(main)) {
  enableCompileCache();
  import(pathToFileURL(main).href);
} else {
  console.error(`migtui is not built: ${main} is missing.\nIn a clone of the repository: npm run build`);
  process.exitCode = 1;
}
