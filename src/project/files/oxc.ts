import { createRequire } from 'node:module';
import { Failure } from '../../foundation/failure.ts';

type Oxc = typeof import('oxc-parser');

/** The parser, a native program that npm installs as an optional dependency of its package. Loaded at its first use. */
let loaded: Oxc | Error | undefined;

function load(): Oxc | Error {
  try {
    return createRequire(import.meta.url)('oxc-parser') as Oxc;
  } catch (error) {
    return error as Error;
  }
}

/**
 * Parses TypeScript and JavaScript.
 * @throws Failure `parser-missing` if the package has no program for this platform
 */
export const parseSync: Oxc['parseSync'] = (...args) => {
  loaded ??= load();
  if (!(loaded instanceof Error)) return loaded.parseSync(...args);
  throw new Failure(
    {
      code: 'parser-missing',
      message: `The parser of migrations (oxc-parser) is not installed for ${process.platform}-${process.arch}.`,
      next: 'It is an optional dependency: install without --omit=optional and on the platform that runs it. To leave PGlite out of an image, remove node_modules/@electric-sql after the installation.',
    },
    { cause: loaded },
  );
};
