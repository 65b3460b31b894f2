import { emptyField, type TextField } from '../../../drawing/text/field.ts';
import type { FleetPlan, FleetRow, FleetStatus, PlanRequest } from '../../../engine/api.ts';
import { targetsIn } from '../../../values/fleet-run.ts';
import type { Dialog, Loaded } from '../../state/model.ts';

/** The sort order of the targets. */
export const orders = ['problems first', 'by name', 'by revision'] as const;

/** Every target of the fleet with its status. */
export interface FleetDialog extends Dialog {
  readonly kind: 'fleet';
  readonly loaded: Loaded<FleetStatus>;
  readonly filter: TextField;
  /** The filter is being typed. */
  readonly typing: boolean;
  readonly order: (typeof orders)[number];
  readonly cursor: number;
}

/** A fleet plan to be confirmed. */
export interface FleetPlanDialog extends Dialog {
  readonly kind: 'fleet-plan';
  readonly loaded: Loaded<FleetPlan>;
  readonly request: PlanRequest;
  /** If data is lost: the text typed so far. */
  readonly typed: TextField;
  /** Back up each target before its run. */
  readonly backup: boolean;
}

export function fleetDialog(ticket: number, openedBy: string): FleetDialog {
  return {
    ...{ kind: 'fleet', loaded: { is: 'loading', ticket }, filter: emptyField, typing: false },
    ...{ order: 'problems first', cursor: 0, top: 0, openedBy },
  };
}

/** The text that must be typed before this plan runs; null: none. */
export function wantedName({ loaded }: FleetPlanDialog): string | null {
  if (loaded.is !== 'ready') return null;
  const { destructive, protected: guarded, databases, waves } = loaded.value;
  if (!destructive && !guarded) return null;
  const [only, ...more] = databases;
  if (only !== undefined && more.length === 0) return only;
  return String(targetsIn(waves));
}

/** The visible targets, in order. */
export function rowsOf({ loaded, filter, order }: FleetDialog): readonly FleetRow[] {
  if (loaded.is !== 'ready') return [];
  const { targets } = loaded.value;
  const words = filter.text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  const fitting =
    words.length === 0 ? targets : targets.filter(row => words.every(word => fitsWord(row, word)));
  if (order === 'problems first') return fitting;
  const collator = new Intl.Collator('en', { numeric: true });
  const byName = (a: FleetRow, b: FleetRow): number => collator.compare(a.name, b.name);
  if (order === 'by name') return [...fitting].sort(byName);
  return [...fitting].sort((a, b) => a.applied - b.applied || byName(a, b));
}

/** `is:behind`, `tag:eu`, or part of the name, the database or a current revision. */
function fitsWord({ name, state, tags, database, current }: FleetRow, word: string): boolean {
  if (word.startsWith('is:')) return state.startsWith(word.slice(3));
  if (word.startsWith('tag:')) return tags.some(tag => tag.toLowerCase() === word.slice(4));
  return [name, database, ...current].some(text => text.toLowerCase().includes(word));
}
