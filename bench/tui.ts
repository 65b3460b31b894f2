import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { fasterScreen } from '../scripts/faster.mjs';
import type { Overview } from '../src/engine/api.ts';
import { FakeEngine, longHistory } from '../test/support/fake-engine.ts';
import { goal, printTable, type Row } from './table.ts';

/*
 * How fast the app responds: from a key to the bytes written, with 10,000 revisions at 200x50, in the
 * published bundle
 * (React's production build). The engine is simulated; the terminal only counts bytes.
 *
 *   node bench/tui.ts
 *   BENCH_ORIGINALS=output,line-update node bench/tui.ts    without these replacements of src/drawing/faster
 */

const count = Number(process.env.BENCH_REVISIONS ?? 10_000);
const applied = Math.floor(count * 0.9);
const root = fileURLToPath(new URL('..', import.meta.url));

/** Ink imports React's developer tools only when DEV=true, but a bundler must resolve them. */
const noDevtools: Plugin = {
  name: 'no-devtools',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'empty' }));
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {};' }));
  },
};

/** The goals, ms and MB. */
export const promised = { p50: 5, p95: 12, rss: 200 };

export interface TuiFigures {
  readonly scene: string;
  readonly keys: number;
  /** Milliseconds from a key to the last byte of the resulting frame. */
  readonly p50: number;
  readonly p95: number;
  readonly worst: number;
  /**
   * The time within which 95 of 100 keys have had their last frame, ms: engine results arrive in a separate
   * frame.
   */
  readonly end: number;
  /** CPU time in milliseconds per key: more reliable than the clock on a busy machine. */
  readonly cpu: number;
  /** Bytes written per key. */
  readonly bytes: number;
}

export interface TuiReport {
  readonly figures: readonly TuiFigures[];
  /** Milliseconds from starting the app to its first frame, after the program is loaded. */
  readonly firstFrame: number;
  /** Resident memory at the end, MB. */
  readonly rss: number;
}

/** Measures the scenes of `bench/tui-scenes.tsx`. */
export async function measureTui(): Promise<TuiReport> {
  const revisions = longHistory(count);
  const overview = await new FakeEngine({
    revisions,
    applied: revisions.slice(0, applied).map(one => one.id),
  }).api.overview();
  return runBundled('bench/tui-scenes.tsx', fasterScreen(process.env.BENCH_ORIGINALS?.split(',')), overview);
}

/** Bundles a file like the program, runs it in a separate process, and returns its measurements. */
async function runBundled(file: string, faster: Plugin | null, overview?: Overview): Promise<TuiReport> {
  const folder = await mkdtemp(join(tmpdir(), 'migtui-bench-'));
  try {
    const outfile = join(folder, 'scenes.mjs');
    await build({
      absWorkingDir: root,
      entryPoints: [file],
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
      plugins: [...(faster ? [faster] : []), noDevtools],
      logLevel: 'error',
    });
    return await new Promise<TuiReport>((resolve, reject) => {
      const child = fork(outfile, {
        stdio: ['ignore', process.env.BENCH_OUT ? 'inherit' : 'ignore', 'inherit', 'ipc'],
        execArgv: (process.env.BENCH_EXEC ?? '').split(' ').filter(Boolean),
        serialization: 'advanced',
      });
      if (overview) child.send(overview);
      child.once('message', report => resolve(report as TuiReport));
      child.once('exit', code => reject(new Error(`the bench ended with ${code}`)));
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same as lines of `npm run bench`. */
export async function benchTui(): Promise<Row[]> {
  const { figures, firstFrame, rss } = await measureTui();
  const ink = (await runBundled('bench/tui-lines.tsx', null)).figures;
  const faster = (await runBundled('bench/tui-lines.tsx', fasterScreen())).figures;
  const bound = (what: string, [one]: readonly TuiFigures[]): Row => ({
    what: `${what}, 50 lines of text, half of them new: key to bytes, p50`,
    value: `${one?.p50.toFixed(1)} ms`,
    limit: `p95 ${one?.p95.toFixed(1)} ms, ${one?.cpu.toFixed(1)} ms of processor, ${one?.bytes} bytes per key`,
  });
  return [
    ...figures.flatMap(({ scene, p50, p95, worst, end, cpu, bytes }): Row[] => [
      {
        what: `${scene}: key to bytes, p50`,
        value: `${p50.toFixed(1)} ms`,
        goal: goal(p50, promised.p50, ' ms'),
        limit: `${cpu.toFixed(1)} ms of processor, ${bytes} bytes per key`,
      },
      {
        what: `${scene}: key to bytes, p95`,
        value: `${p95.toFixed(1)} ms`,
        goal: goal(p95, promised.p95, ' ms'),
        limit: `worst ${worst.toFixed(1)} ms, last frame p95 ${end.toFixed(1)} ms`,
      },
    ]),
    bound('Ink alone', ink),
    bound('Ink with the replacements of src/drawing/faster', faster),
    { what: 'first frame, once loaded', value: `${firstFrame.toFixed(1)} ms` },
    { what: 'resident memory', value: `${rss.toFixed(0)} MB`, goal: goal(rss, promised.rss, ' MB') },
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  printTable('Screen: 10,000 revisions at 200x50', await benchTui());
}
