import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const head =
  /^'use strict';\nObject\.defineProperty\(exports, '__esModule', \{ value: true \}\);\nconst (\{ Migration \}) = require\(('[^']+')\);\n/;

/**
 * A migration that MikroORM's JSMigrationGenerator has written as CommonJS, as an ES module; unchanged if it is anything
 * else.
 */
export function asEsModule(code: string): string {
  const [, name] = /\nexports\.(\w+) = \1;\n$/.exec(code) ?? [];
  if (!name || !head.test(code)) return code;
  return code
    .replace(head, 'import $1 from $2;\n')
    .replace(`\nclass ${name} `, `\nexport class ${name} `)
    .replace(/exports\.\w+ = \w+;\n$/, '');
}

/** A generated migration in the form in which Node loads it from a folder. MikroORM writes CommonJS in every project. */
export const loadableFrom = (folder: string, fileName: string, code: string): string =>
  fileName.endsWith('.js') && holdsEsModules(folder) ? asEsModule(code) : code;

/** Whether Node loads a `.js` file of this folder as an ES module: the nearest package.json says so. */
function holdsEsModules(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'package.json');
    if (existsSync(file)) return typeOf(file) === 'module';
    if (dirname(at) === at) return false;
  }
}

function typeOf(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { type?: unknown }).type;
  } catch {
    return undefined;
  }
}
