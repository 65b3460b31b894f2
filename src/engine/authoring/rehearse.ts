import { type Change, changesBetween, effectsOf, sharedObjects } from '../../database/shadow/effects.ts';
import type { Outcome } from '../../database/shadow/replay.ts';
import { ReplayFailure } from '../../database/shadow/revision-run.ts';
import type { Effect, FailureInfo, Rehearsal } from '../api.ts';
import { type Branch, caveatsOf, rowsTouched } from './caveats.ts';
import { headsToMerge } from './draft-merge.ts';
import { wantedBeyond, whyNot } from './generated.ts';
import { ordersOf } from './orders.ts';
import { remediesOf } from './remedies.ts';
import { downs, type OnDisk, ups, type Workspace } from './workspace.ts';

interface Tried {
  readonly heads: readonly string[];
  readonly schema: Outcome | null;
  readonly failed: { readonly revision: string; readonly failure: FailureInfo } | null;
}

/**
 * Tests whether branches are compatible: each one is run alone, then all of them in every order, on scratch
 * databases, and the schemas are compared exactly.
 * @throws Failure `nothing-to-merge`; TargetError; Failure `shadow-missing` | `shadow-lacks`, and a
 * ReplayFailure if the common ancestors fail
 */
export async function rehearse(workspace: Workspace, asked: readonly string[]): Promise<Rehearsal> {
  const disk = workspace.onDisk();
  const heads = headsToMerge(disk, asked);
  const { ancestors, branches } = disk.graph.fork(heads);
  const all = disk.graph.ancestors(heads);
  const own = new Set(branches.flatMap(branch => branch.revisions));
  const base = all.filter(id => !own.has(id));
  const before = await workspace.replay(disk, ups(base));

  const { orders, every, notes } = ordersOf(disk.graph, branches, base);
  const attempt = (heads: readonly string[], revisions: readonly string[]): Promise<Tried> =>
    runs(workspace, disk, base, heads, revisions);
  const alone = (head: string): Promise<Tried> =>
    // Revisions in another branch that this one depends on are included.
    attempt(
      [head],
      disk.graph.ancestors([head]).filter(id => !base.includes(id)),
    );
  const tried: Tried[] = [];
  let back: Rehearsal['downAndUp'] = null;
  for (const { heads: order, revisions } of orders) {
    // Each step continues on the scratch database of the previous one, which saves creating another.
    await alone(order[0] as string);
    const one = await attempt(order, revisions);
    tried.push(one);
    if (one.schema) back ??= await downAndUp(workspace, disk, base, revisions, before, one.schema);
  }
  const sides: (Branch & { failure: FailureInfo | null })[] = [];
  for (const { head, revisions } of branches) {
    const { schema, failed } = await alone(head);
    const changes = schema ? changesBetween(before.inventory, schema.inventory) : [];
    sides.push({ head, revisions, changes, failure: failed?.failure ?? null });
  }
  // The order in which `upgrade heads` runs them may interleave the branches.
  const merged = await attempt(
    heads,
    all.filter(id => own.has(id)),
  );
  if (merged.failed && tried.every(one => !one.failed)) tried.push(merged);

  const ran = [...tried, merged].filter(one => one.schema !== null);
  const differences = differencesIn(ran.map(one => (one.schema as Outcome).inventory));
  const rows = await rowsTouched(workspace, disk, sides);
  const shared = [...sharedObjects(sides.map(branch => branch.changes)), ...rows.shared].sort();
  const verdict = tried.some(one => one.failed)
    ? 'fails'
    : differences.length > 0
      ? 'differs'
      : shared.length > 0
        ? 'overlaps'
        : 'fits';
  const reconciled = merged.schema ? await reconcile(workspace, disk, heads) : { sql: [], caveats: [] };
  return {
    heads,
    ancestors,
    branches: sides.map(({ head, revisions, changes, failure }) => ({
      head,
      revisions,
      effects: effectsOf(changes),
      failure,
    })),
    orders: tried.map(({ heads, failed }) => ({ heads, ok: failed === null, failed })),
    everyOrder: every,
    remedies: remediesOf(heads, tried, verdict),
    verdict,
    differences,
    shared,
    downAndUp: back,
    reconcile: reconciled.sql,
    caveats: [...notes, ...caveatsOf(sides, rows), ...reconciled.caveats],
  };
}

async function runs(
  workspace: Workspace,
  disk: OnDisk,
  base: readonly string[],
  heads: readonly string[],
  revisions: readonly string[],
): Promise<Tried> {
  try {
    const schema = await workspace.replay(disk, ups([...base, ...revisions]), { common: base.length });
    return { heads, schema, failed: null };
  } catch (error) {
    if (!(error instanceof ReplayFailure)) throw error;
    return { heads, schema: null, failed: { revision: error.revision, failure: error.reason } };
  }
}

/** The differences between schemas that should be equal, without duplicates. */
function differencesIn(inventories: readonly Outcome['inventory'][]): Effect[] {
  const [first, ...others] = inventories;
  if (!first) return [];
  const found = new Map<string, Change>();
  for (const other of others) {
    for (const change of changesBetween(first, other, { renames: false })) found.set(change.words, change);
  }
  return effectsOf([...found.values()]);
}

/** Downgrades from the merged schema to the common one and upgrades again. */
async function downAndUp(
  workspace: Workspace,
  disk: OnDisk,
  base: readonly string[],
  branch: readonly string[],
  before: Outcome,
  merged: Outcome,
): Promise<NonNullable<Rehearsal['downAndUp']>> {
  const down = [...ups([...base, ...branch]), ...downs(branch)];
  const problems: string[] = [];
  const line = ({ sign, words }: Effect): string => `${sign} ${words}`;
  try {
    const below = await workspace.replay(disk, down);
    const left = changesBetween(before.inventory, below.inventory).map(line);
    if (left.length > 0) problems.push(`downgrading does not restore the schema: ${left.join(', ')}`);
    const above = await workspace.replay(disk, [...down, ...ups(branch)]);
    const lost = changesBetween(merged.inventory, above.inventory).map(line);
    if (lost.length > 0)
      problems.push(`downgrading and upgrading again results in a different schema: ${lost.join(', ')}`);
  } catch (error) {
    if (!(error instanceof ReplayFailure)) throw error;
    const { revision, action, reason } = error;
    problems.push(
      reason.code === 'no-down'
        ? `${revision} has no down()`
        : `${revision} fails in ${action}(): ${reason.message}`,
    );
  }
  return { ok: problems.length === 0, words: problems };
}

async function reconcile(
  workspace: Workspace,
  disk: OnDisk,
  heads: readonly string[],
): Promise<{ sql: readonly string[]; caveats: string[] }> {
  const others = disk.graph.heads.filter(head => !disk.graph.ancestors(heads).includes(head));
  if (others.length > 0) {
    const authors = others.length > 3 ? `${others.length} other heads make` : `${others.join(', ')} made`;
    const why = `The entities also describe what ${authors}: they are compared once all heads are merged.`;
    return { sql: [], caveats: [why] };
  }
  try {
    const { sql } = await wantedBeyond(workspace, disk, heads, { leaveUnknown: true });
    return { sql: sql.up.filter(statement => statement !== ''), caveats: [] };
  } catch (error) {
    return { sql: [], caveats: [`The entities were not compared with the merged schema: ${whyNot(error)}`] };
  }
}
