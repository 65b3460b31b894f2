import { createRequire } from 'node:module';
import type { OxcError } from 'oxc-parser';
import { Failure } from '../../foundation/failure.ts';
import { overflowsParser } from './nesting.ts';

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

/** The result for a source that the parser cannot read: no program, and one error. */
function tooDeep(oxc: Oxc, file: string): ReturnType<Oxc['parseSync']> {
  const { program, module, comments } = oxc.parseSync(file, '');
  const message = 'it is nested too deeply';
  const error = { severity: 'Error', message, labels: [], helpMessage: null, codeframe: null };
  return { program, module, comments, errors: [error as OxcError] };
}

/**
 * Parses TypeScript and JavaScript.
 * @throws Failure `parser-missing` if the package has no program for this platform
 */
export const parseSync: Oxc['parseSync'] = (file, source, options) => {
  loaded ??= load();
  if (!(loaded instanceof Error)) {
    const text = typeof source === 'string' ? source : '';
    return overflowsParser(file, text) ? tooDeep(loaded, file) : loaded.parseSync(file, source, options);
  }
  throw new Failure(
    {
      code: 'parser-missing',
      message: `The parser of migrations (oxc-parser) is not installed for ${process.platform}-${process.arch}.`,
      next: 'It is an optional dependency: install without --omit=optional and on the platform that runs it. To leave PGlite out of an image, remove node_modules/@electric-sql after the installation.',
    },
    { cause: loaded },
  );
};
