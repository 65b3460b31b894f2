import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Catalog } from '../../database/catalog.ts';
import { isRefusal } from '../../database/connect/connection.ts';
import { ledgerTable } from '../../database/ledger.ts';
import type { Finding } from '../api.ts';
import type { Session, State } from '../session.ts';
import { sqlOf } from './detail.ts';
import { FindingsCache } from './findings-cache.ts';

/**
 * The findings of a revision as a separate deployment, after all revisions before it. If it was linted before
 * and nothing has changed, neither lint nor the parser is loaded.
 */
export async function revisionFindings(
  session: Session,
  state: State,
  id: string,
  cache = FindingsCache.of(session.project),
): Promise<readonly Finding[]> {
  const live = await liveFacts(session, state, id);
  const order = state.graph.orderTo([id]);
  const key = cache.kept ? keyOf(session, state, live, order) : null;
  const found = key === null ? null : cache.read(key);
  if (found) return found;
  const { lintRevision } = await import('../lint.ts');
  const findings = await lintRevision(session, state, live, id);
  if (key !== null && isReadFromFiles(session, state, order)) cache.keep(key, findings);
  return findings;
}

async function liveFacts(session: Session, { database, byId }: State, id: string): Promise<Catalog | null> {
  if (isRefusal(database)) return null;
  const source = byId.get(id);
  const up = source ? await sqlOf(session, source, 'up') : null;
  const down = source ? await sqlOf(session, source, 'down') : null;
  return session.readCatalog(database, [...(up?.sql ?? []), ...(down?.sql ?? [])]);
}

/**
 * Everything that the findings of the last of these revisions depend on, if the SQL of the revisions is read from their files. Null if it cannot be
 * recognised again: a file changed just now, a class of a list, or code of the project that changes statements.
 */
function keyOf(session: Session, { byId }: State, live: Catalog | null, order: readonly string[]): unknown {
  const { project, options, previewer } = session;
  const parsers = stampOfParsers();
  if (parsers === null || !previewer.sendsUnchanged) return null;
  const files: string[] = [];
  for (const id of order) {
    const { stamp, declaration } = byId.get(id) ?? {};
    if (!stamp) return null;
    files.push(`${id} ${declaration?.file} ${stamp}`);
  }
  return {
    files,
    parsers,
    mikroOrm: project.modules.version,
    kind: project.kind,
    schema: ledgerTable(project).schema,
    rules: options.lint?.rules,
    lockTimeout: options.lockTimeout,
    live: live && { version: live.version, utc: live.utc, sizes: [...live.sizes] },
  };
}

/** Whether the linted statements were read without running code, whose result could depend on anything. */
function isReadFromFiles({ previewer }: Session, { byId }: State, order: readonly string[]): boolean {
  const isPlain = (id: string, direction: 'up' | 'down'): boolean => {
    const source = byId.get(id);
    return source !== undefined && previewer.isPlain(source, direction);
  };
  return order.every(id => isPlain(id, 'up')) && isPlain(order.at(-1) as string, 'down');
}

/** Changes whenever the packages that read migrations are installed; null if it is not known. */
function stampOfParsers(): readonly string[] | null {
  const require = createRequire(import.meta.url);
  try {
    return ['libpg-query', 'oxc-parser'].map(name => {
      const { size, mtimeMs, ctimeMs } = statSync(require.resolve(name));
      return `${size} ${mtimeMs} ${ctimeMs}`;
    });
  } catch {
    return null;
  }
}
