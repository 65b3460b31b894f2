import type { Overview, PlanRequest, RevisionRow } from '../../../engine/api.ts';
import type { State } from '../../state/model.ts';
import { shortName } from '../../state/select.ts';

export interface Candidate {
  readonly target: string;
  readonly about: string;
}

/** Maximum number of candidates shown; type to reach the rest. */
const most = 200;

/** The candidates of a target prompt for the typed text: plain substring matches. */
export function candidatesFor(state: State, command: PlanRequest['command'], typed: string): Candidate[] {
  const { overview } = state;
  if (!overview) return [];
  const last = typed.slice(typed.lastIndexOf(' ') + 1).toLowerCase();
  const found: Candidate[] = [];
  for (const candidate of everything(overview, command)) {
    if (`${candidate.target} ${candidate.about}`.toLowerCase().includes(last)) found.push(candidate);
    if (found.length >= most) break;
  }
  return found;
}

function* everything(overview: Overview, command: PlanRequest['command']): Generator<Candidate> {
  if (command !== 'downgrade') {
    if (overview.heads.length === 1) yield { target: 'head', about: 'head' };
    else yield { target: 'heads', about: `all ${overview.heads.length} heads` };
    if (command === 'upgrade') yield { target: '+1', about: 'the next revision' };
  } else {
    yield { target: '-1', about: 'back one revision' };
  }
  if (command !== 'upgrade') yield { target: 'base', about: 'undo everything' };
  for (const label of labelsOf(overview)) {
    yield command === 'downgrade'
      ? { target: `${label}@base`, about: `all of ${label}` }
      : { target: `${label}@head`, about: `the head of ${label}` };
  }
  for (const row of overview.revisions) {
    if (fits(row, command)) yield { target: row.shortId, about: aboutRow(row) };
  }
}

const fits = (row: RevisionRow, command: PlanRequest['command']): boolean =>
  command === 'stamp'
    ? row.state !== 'missing'
    : command === 'upgrade'
      ? row.state === 'pending'
      : row.state === 'applied';

const aboutRow = (row: RevisionRow): string => {
  const name = shortName(row).slice(row.shortId.length).trim();
  return [name, ...row.marks.map(mark => `(${mark})`)].filter(Boolean).join(' ');
};

const labelsOf = (overview: Overview): Set<string> => new Set(overview.revisions.flatMap(row => row.labels));
