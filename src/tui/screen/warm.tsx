import { renderToString } from 'ink';
import type { Overview, RevisionDetail, RevisionRow } from '../../engine/api.ts';
import type { State } from '../state/model.ts';
import { Screen } from './screen.tsx';

/**
 * Renders a sample history to a null stream while the engine loads the project, so that the rendering code is
 * warm for the real one, which halves its time.
 */
export function warmUp(state: State): void {
  const details = new Map([[first, { is: 'ready' as const, value: detail }]]);
  renderToString(<Screen state={{ ...state, overview, details }} />, { columns: state.size.columns });
}

const row = (id: string, revises: readonly string[], applied: boolean): RevisionRow => ({
  id,
  shortId: id.slice(9, 23),
  slug: id.slice(24),
  revises,
  dependsOn: [],
  labels: [],
  replaces: [],
  state: applied ? 'applied' : 'pending',
  appliedAt: applied ? '2026-01-01T00:00:00.000Z' : null,
  inferred: true,
  marks: applied ? ['current'] : ['head'],
  edited: false,
  outOfOrder: false,
  file: `${id}.ts`,
});

const [first, second, base] = [
  'Migration20260103000000_one',
  'Migration20260102000000_other',
  'Migration20260101000000_base',
] as const;
const revisions = [row(first, [base], false), row(second, [base], false), row(base, [], true)];

const overview: Overview = {
  project: {
    name: 'project',
    root: '/',
    configFile: null,
    context: 'default',
    contexts: ['default'],
    folder: 'migrations',
    table: 'public.mikro_orm_migrations',
    schema: null,
    defaultSchema: 'public',
    readOnly: false,
    protected: false,
    policy: [],
  },
  database: {
    kind: 'postgresql',
    name: 'database',
    label: 'user@host/database',
    state: 'connected',
    version: '18',
    table: 'present',
    readOnly: false,
    schemas: ['public'],
    otherTables: 0,
    failure: null,
  },
  revisions,
  heads: [first, second],
  bases: [base],
  current: [base],
  pending: [second, first],
  missing: [],
  edited: [],
  applied: 1,
  problems: [],
  unsettled: [],
  journal: { state: 'off', hint: null },
  notes: [],
  at: '2026-01-01T00:00:00.000Z',
};

const sql = { sql: ['select 1'], complete: true, note: null, transactional: true };
const detail: RevisionDetail = {
  row: revisions[0] as RevisionRow,
  source: '',
  up: sql,
  down: sql,
  author: { name: 'somebody', at: '2026-01-01T00:00:00.000Z' },
};
