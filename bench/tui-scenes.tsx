import type { EngineApi, Overview, RevisionDetail } from '../src/engine/api.ts';
import type { EngineConnection } from '../src/engine/process/connection.ts';
import { runTui } from '../src/tui/main.tsx';
import { lastWrite, measure, sleep, stdin, stdout } from './key-times.ts';
import type { TuiReport } from './tui.ts';

/*
 * Runs in a process of its own, started by tui.ts: presses keys on a terminal that only counts, and tells its parent.
 */

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
  stdout,
  env: { LANG: 'C.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor' },
});
await sleep(0);
const firstFrame = lastWrite() - started;
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
