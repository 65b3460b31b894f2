import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { BakedGraph } from '../../engine/api.ts';
import { makeFolder } from '../../foundation/make-folder.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { UsageError } from '../shell/usage.ts';

/** Exit code if the file is not up to date. */
const stale = 3;

interface BakeOptions {
  readonly check?: boolean;
}

/** `migtui bake <file>`: the graph of revisions as a file of the application, for assertCurrent. */
export const bake: Definition = (program, act) =>
  program
    .command('bake')
    .description('write the graph of revisions into a file, for the startup check of a bundled application')
    .argument('<file>', 'a .ts, .mts, .js, .mjs, .cjs or .json file')
    .option('--check', 'write nothing; exit code 3 when the file is not up to date')
    .addHelpText(
      'after',
      examples({
        'migtui bake src/revisions.ts': 'before the application is built',
        'migtui bake src/revisions.ts --check': 'in CI',
      }),
    )
    .action(act(writeGraph));

async function writeGraph(call: Call, file: string, { check }: BakeOptions): Promise<number> {
  const path = resolve(call.host.cwd, file);
  const engine = await call.engine();
  const graph = await engine.bake();
  const text = render(graph, file);
  const same = existsSync(path) && readFileSync(path, 'utf8') === text;
  if (!same && !check) {
    makeFolder(dirname(path));
    writeFileSync(path, text);
  }
  const name = relative(call.host.cwd, path);
  const { length } = graph.revisions;
  call.output.answer(
    { file: name, revisions: length, upToDate: same, written: !same && !check },
    answer => answer,
    ({ written, upToDate }, paint) => {
      if (written)
        return paint.good(`Wrote ${length} ${length === 1 ? 'revision' : 'revisions'} to ${name}.`);
      return upToDate ? paint.good(`${name} is up to date.`) : paint.bad(`${name} is not up to date.`);
    },
  );
  return check && !same ? stale : 0;
}

function render(graph: BakedGraph, file: string): string {
  const json = JSON.stringify(graph, null, 2);
  if (/\.json$/.test(file)) return `${json}\n`;
  const head = '// Written by "migtui bake". The revisions that this application was built with.';
  if (/\.[cm]?ts$/.test(file)) {
    return `${head}\nimport type { BakedGraph } from 'migtui';\n\nconst graph: BakedGraph = ${json};\n\nexport default graph;\n`;
  }
  if (/\.m?js$/.test(file)) return `${head}\nexport default ${json};\n`;
  if (/\.cjs$/.test(file)) return `${head}\nmodule.exports = ${json};\n`;
  throw new UsageError(`${file} must end in .ts, .mts, .js, .mjs, .cjs or .json`);
}
