import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { isRefusal } from '../../database/connect/connection.ts';
import { refusalOf } from '../../database/connect/refusal.ts';
import type { Session } from '../session.ts';

/** Polling interval for the database, ms: one short query on a connection that is open anyway. */
const pollEvery = 2_000;
/** Editors and git write in bursts; one event is sent after the burst, ms. */
const settlingMs = 150;

/**
 * Reports changes made by others: files in the migrations folder and the config, rows in the migrations
 * table.
 * @param busy true during a run: its own changes are not reported, and its connection is not shared
 * @returns stops it
 */
export function watchChanges(session: Session, busy: () => boolean): () => void {
  const { project, emit } = session;
  const watchers: FSWatcher[] = [];
  let changing: NodeJS.Timeout | undefined;
  const filesChanged = (): void => {
    clearTimeout(changing);
    changing = setTimeout(() => emit({ type: 'changed', what: 'files' }), settlingMs);
  };
  const watched = new Set<string>();
  const watchFolder = (folder: string, every: boolean): void => {
    if (watched.has(folder)) return;
    watched.add(folder);
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (every || name === null || /^(migrations|mikro-orm\.config\.)/.test(name)) filesChanged();
      });
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // The folder does not exist yet, or the file system cannot be watched: `r` still reloads.
    }
  };
  if (project.folder !== null) {
    watchFolder(project.folder, true);
    watchFolder(dirname(project.folder), false);
  }

  // Compared with the last status, and reported until a status includes it.
  const poll = async (): Promise<void> => {
    if (busy() || session.seen === undefined) return;
    for (const folder of project.folders()) watchFolder(folder, true);
    const connection = await session.connection();
    const seen = isRefusal(connection)
      ? connection.state
      : await session.dialect
          .fingerprint(connection, session.table)
          .catch((error: Error) =>
            /permission denied/.test(error.message)
              ? 'forbidden'
              : refusalOf(error, connection.address).state,
          );
    if (seen !== session.seen && !busy()) emit({ type: 'changed', what: 'database' });
  };
  let polling = false;
  const timer = setInterval(() => {
    if (polling) return;
    polling = true;
    void poll()
      .catch(() => {})
      .finally(() => {
        polling = false;
      });
  }, pollEvery);
  timer.unref();
  return () => {
    clearInterval(timer);
    clearTimeout(changing);
    for (const watcher of watchers) watcher.close();
  };
}
