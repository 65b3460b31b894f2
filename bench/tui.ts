import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { fasterScreen } from '../scripts/faster.mjs';
import { FakeEngine, longHistory } from '../test/support/fake-engine.ts';

/*
 * How fast the screen answers: from a key to the bytes written, with 10,000 revisions at 200x50, in the bundle that is
 * shipped (React's production build). The engine is made up; the terminal counts bytes and does nothing else.
 *
 *   npx tsx bench/tui.ts
 */

const count = 10_000;
const applied = 9_000;
const root = fileURLToPath(new URL('..', import.meta.url));

/** Ink imports React's developer tools only when DEV=true, but a bundler must resolve them. */
const noDevtools: Plugin = {
  name: 'no-devtools',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'empty' }));
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {};' }));
  },
};

/** What is promised, ms and MB. */
export const promised = { p50: 8, p95: 16, rss: 200 };

export interface TuiFigures {
  readonly scene: string;
  readonly keys: number;
  /** Milliseconds from a key to the last byte of its frame. */
  readonly p50: number;
  readonly p95: number;
  readonly worst: number;
  /** Milliseconds of processor time per key: says more than the clock on a busy machine. */
  readonly cpu: number;
  /** Bytes written per key. */
  readonly bytes: number;
}

export interface TuiReport {
  readonly figures: readonly TuiFigures[];
  /** Milliseconds from starting the app to its first frame, the program loaded. */
  readonly firstFrame: number;
  /** Resident memory at the end, MB. */
  readonly rss: number;
}

/** Bundles `bench/tui-scenes.tsx` as the program is bundled, runs it in a process of its own, and returns what it measured. */
export async function measureTui(): Promise<TuiReport> {
  const revisions = longHistory(count);
  const look = await new FakeEngine({
    revisions,
    applied: revisions.slice(0, applied).map(one => one.id),
  }).api.look();
  const folder = await mkdtemp(join(tmpdir(), 'migtui-bench-'));
  try {
    const outfile = join(folder, 'scenes.mjs');
    await build({
      absWorkingDir: root,
      entryPoints: ['bench/tui-scenes.tsx'],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node22.17',
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
      banner: {
        js: "import { createRequire as createRequireForBundle } from 'node:module';\nvar require = createRequireForBundle(import.meta.url);",
      },
      plugins: [fasterScreen, noDevtools],
      logLevel: 'error',
    });
    return await new Promise<TuiReport>((resolve, reject) => {
      const child = fork(outfile, {
        stdio: ['ignore', process.env['BENCH_OUT'] ? 'inherit' : 'ignore', 'inherit', 'ipc'],
        execArgv: (process.env['BENCH_EXEC'] ?? '').split(' ').filter(Boolean),
        serialization: 'advanced',
      });
      child.send(look);
      child.once('message', report => resolve(report as TuiReport));
      child.once('exit', code => reject(new Error(`the bench ended with ${code}`)));
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function table({ figures, firstFrame, rss }: TuiReport): string {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(9))).join('');
  const ms = (value: number): string => value.toFixed(1);
  return [
    row(['10,000 revisions at 200x50', 'keys', 'p50 ms', 'p95 ms', 'worst ms', 'cpu ms', 'bytes']),
    ...figures.map(one =>
      row([
        one.scene,
        String(one.keys),
        ms(one.p50),
        ms(one.p95),
        ms(one.worst),
        ms(one.cpu),
        String(one.bytes),
      ]),
    ),
    row(['first frame, once loaded', '', ms(firstFrame)]),
    row(['resident memory', '', `${rss.toFixed(0)} MB`]),
    `promised: p50 <= ${promised.p50} ms, p95 <= ${promised.p95} ms, memory <= ${promised.rss} MB`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(table(await measureTui()));
}
