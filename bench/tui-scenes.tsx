import { PassThrough, Writable } from 'node:stream';
import type { EngineApi, Overview, RevisionDetail } from '../src/engine/api.ts';
import type { EngineConnection } from '../src/engine/process/connection.ts';
import { runTui } from '../src/tui/main.tsx';
import type { TuiFigures, TuiReport } from './tui.ts';

/*
 * Runs in a process of its own, started by tui.ts: presses keys on a terminal that only counts, and tells its parent.
 */

const presses = 200;
/** Between two keys, ms: slower than key repeat, so that every key has a frame of its own. */
const pause = 34;

/** Writes nearer to each other than this are one frame, ms. */
const sameFrame = 3;

let bytes = 0;
let last = 0;
/** When each frame since the last key was written out. */
let frames: number[] = [];
const stdout = Object.assign(
  new Writable({
    write(chunk, _encoding, done) {
      bytes += (chunk as Buffer).length;
      const now = performance.now();
      if (frames.length > 0 && now - last < sameFrame) frames.pop();
      frames.push(now);
      last = now;
      done();
    },
  }),
  { isTTY: true, columns: 200, rows: 50 },
);
const stdin = Object.assign(new PassThrough(), {
  isTTY: true,
  setRawMode: () => stdin,
  ref: () => stdin,
  unref: () => stdin,
});

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

async function measure(scene: string, keys: readonly string[]): Promise<TuiFigures> {
  const answers: number[] = [];
  const ends: number[] = [];
  bytes = 0;
  const busy = process.cpuUsage();
  for (let press = 0; press < presses; press++) {
    frames = [];
    const from = performance.now();
    stdin.write(keys[press % keys.length] as string);
    await sleep(pause);
    answers.push((frames[0] ?? from) - from);
    ends.push((frames.at(-1) ?? from) - from);
  }
  const { user, system } = process.cpuUsage(busy);
  const at = (times: number[], part: number): number =>
    times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  return {
    scene,
    keys: presses,
    p50: at(answers, 0.5),
    p95: at(answers, 0.95),
    worst: at(answers, 1),
    end: at(ends, 0.95),
    cpu: (user + system) / 1_000 / presses,
    bytes: Math.round(bytes / presses),
  };
}

/** An engine that knows its answers: the real one works in a process of its own. */
function stillEngine(overview: Overview): EngineConnection {
  const rows = new Map(overview.revisions.map(row => [row.id, row]));
  const detail = (id: string): RevisionDetail => {
    const sql = Array.from(
      { length: 12 },
      (_, index) =>
        `alter table "table_${index}" add column "${id.slice(-24)}_${index}" varchar(255) not null default 'x${index}'`,
    );
    const preview = { sql, complete: true, note: null, transactional: true };
    return {
      row: rows.get(id)!,
      source: sql.join('\n'),
      up: preview,
      down: preview,
      author: { name: 'Ana', at: overview.at },
    };
  };
  const api = {
    overview: async () => overview,
    revision: async (id: string) => detail(id),
    preview: async (request: { targets: readonly string[] }) => ({
      request,
      plan: { steps: [], tips: [] },
      steps: overview.pending
        .slice(0, 40)
        .map(revision => ({ revision, action: 'up', preview: detail(revision).up, batch: 0, losses: [] })),
      batches: [{ transactional: true, steps: [] }],
      warnings: [],
      destructive: false,
      protected: false,
      databaseName: 'chat',
      databaseLabel: 'chat',
      schema: null,
      fingerprint: '',
    }),
  } as unknown as EngineApi;
  return {
    api,
    events: () => () => {},
    onExit: () => () => {},
    restart: async () => {},
    stop: async () => {},
    kill: () => {},
  };
}

const engine = stillEngine(
  await new Promise<Overview>(resolve => process.once('message', overview => resolve(overview as Overview))),
);
const started = performance.now();
const left = runTui({
  connect: () => engine,
  settings: { theme: 'dark', mouse: false },
  stdin,
  stdout: stdout as unknown as NodeJS.WriteStream,
  env: { LANG: 'C.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor' },
});
await sleep(0);
const firstFrame = last - started;
await sleep(3_000);

const figures = [
  await measure('history, one row down', ['j']),
  await measure('history, a page down and up', ['\u001b[6~', '\u001b[5~', '\u001b[6~', '\u001b[6~']),
  await measure('detail of another revision and tab', ['j', ']', 'k', '[']),
];
await sleep(200);
stdin.write('p');
await sleep(200);
figures.push(await measure('a plan opened and left', ['u', 'q']));
const rss = process.memoryUsage().rss / 1_048_576;
const report: TuiReport = { figures, firstFrame, rss };
process.send?.(report, () => process.exit(0));
await left;
