import { ReplayFailure } from '../../database/shadow/revision-run.ts';
import { Failure } from '../../foundation/failure.ts';
import { someNames } from '../../foundation/some-names.ts';
import type {
  Finding,
  RehearsedStep,
  Severity,
  TestName,
  TestReport,
  TestRequest,
  TestResult,
} from '../api.ts';
import { isAtLeast, lintOnDisk } from '../lint.ts';
import { changedSince } from './changed-since.ts';
import { wantedBeyond, whyNot } from './generated.ts';
import { rehearsedStep } from './rehearse-plan.ts';
import { type OnDisk, ups, type Workspace } from './workspace.ts';

type Outcome = Omit<TestResult, 'name'>;

/**
 * Tests the revisions of a project on the shadow, without its database: pytest-alembic's single head,
 * upgrade, model definitions and up/down consistency, plus a valid graph and no dangerous findings.
 * @throws Failure `bad-ref` if `since` is not a git ref
 */
export async function test(workspace: Workspace, request: TestRequest): Promise<TestReport> {
  const tests: TestResult[] = [];
  const add = (name: TestName, outcome: Outcome): void => void tests.push({ name, ...outcome });
  const skip = (name: TestName, why: string): void =>
    add(name, { outcome: 'skipped', message: why, details: [] });
  const finished = (): TestReport => ({ tests, ok: tests.every(({ outcome }) => outcome !== 'failed') });

  const disk = soundGraph(workspace);
  if (!('graph' in disk)) {
    add('graph', disk);
    for (const name of ['heads', 'upgrade', 'entities', 'downgrade', 'findings'] as const) {
      skip(name, 'Not tested: fix the files first.');
    }
    return finished();
  }
  const { graph } = disk;
  add('graph', {
    outcome: 'passed',
    message: `${count(graph.order.length, 'revision')}, no problem`,
    details: [],
  });
  add('heads', oneHead(disk));

  const order = graph.order;
  const changed = request.since === undefined ? null : await changedSince(workspace, disk, request.since);
  const upgraded = await upgrades(workspace, disk);
  add('upgrade', upgraded);
  if (upgraded.outcome !== 'passed') {
    for (const name of ['entities', 'downgrade'] as const) {
      skip(name, 'Not tested: the revisions do not run.');
    }
    add('findings', await findings(workspace, disk, changed, request.failOn));
    return finished();
  }
  add('entities', await entities(workspace, disk));
  add('downgrade', await ways(workspace, disk, order, changed, request.allowMissingDown === true));
  add('findings', await findings(workspace, disk, changed, request.failOn));
  return finished();
}

function soundGraph(workspace: Workspace): OnDisk | Outcome {
  try {
    return workspace.onDisk();
  } catch (error) {
    if (!(error instanceof Failure) || !error.problems) throw error;
    return {
      outcome: 'failed',
      message: `${count(error.problems.length, 'problem')} in the files`,
      details: error.problems.map(({ file, line, message }) =>
        [[file, line].filter(Boolean).join(':'), message].filter(Boolean).join(': '),
      ),
      next: 'Fix the files.',
    };
  }
}

function oneHead({ graph: { heads } }: OnDisk): Outcome {
  if (heads.length <= 1) return { outcome: 'passed', message: heads[0] ?? 'no revisions yet', details: [] };
  return {
    outcome: 'failed',
    message: `${heads.length} heads`,
    details: [...heads],
    next: 'Merge them: migtui merge.',
  };
}

async function upgrades(workspace: Workspace, disk: OnDisk): Promise<Outcome> {
  const { order } = disk.graph;
  try {
    await workspace.replay(disk, ups(order));
    return {
      outcome: 'passed',
      message: `${count(order.length, 'revision')} from base to the heads`,
      details: [],
    };
  } catch (error) {
    if (!(error instanceof ReplayFailure)) return inconclusive(error);
    const { revision, reason } = error;
    return {
      outcome: 'failed',
      message: `${revision} does not run`,
      details: [reason.message, ...(reason.sql?.statement ? [reason.sql.statement] : [])],
      next: 'Fix that revision.',
    };
  }
}

async function entities(workspace: Workspace, disk: OnDisk): Promise<Outcome> {
  try {
    const { sql, leftAlone } = await wantedBeyond(workspace, disk, disk.graph.heads);
    const up = sql.up.filter(statement => statement !== '');
    if (up.length === 0) {
      const except =
        leftAlone.length > 0
          ? `, except for what exists only in the SQL of revisions: ${someNames(leftAlone, 6)}`
          : '';
      return { outcome: 'passed', message: `the entities and the schema agree${except}`, details: [] };
    }
    return {
      outcome: 'failed',
      message: 'the entities and the schema differ',
      details: up,
      next: 'Write a revision: migtui revision --autogenerate -m "…".',
    };
  } catch (error) {
    return inconclusive(error);
  }
}

/** Tests the downgrade and a second upgrade of every revision, or of the changed ones. */
async function ways(
  workspace: Workspace,
  disk: OnDisk,
  order: readonly string[],
  changed: ReadonlySet<string> | null,
  allowMissingDown: boolean,
): Promise<Outcome> {
  const tried: RehearsedStep[] = [];
  try {
    for (const { from, to } of ranges(order, changed)) {
      const trips = await workspace.roundTrips(disk, ups(order.slice(0, from)), ups(order.slice(from, to)));
      tried.push(...trips.map(rehearsedStep));
    }
  } catch (error) {
    return inconclusive(error);
  }
  const missing = tried.filter(({ undone }) => undone.outcome === 'none');
  const wrong = tried.filter(step => !step.ok && (step.undone.outcome !== 'none' || !allowMissingDown));
  const scope = changed === null ? '' : ' that changed';
  if (wrong.length === 0) {
    const without = missing.length > 0 ? `; ${missing.length} without down()` : '';
    return {
      outcome: 'passed',
      message: `${count(tried.length, 'revision')}${scope}, downgraded and upgraded again${without}`,
      details: [],
    };
  }
  return {
    outcome: 'failed',
    message: `${wrong.length} of ${count(tried.length, 'revision')}${scope} cannot be downgraded`,
    details: wrong.map(describe),
    next: wrong.some(({ undone }) => undone.outcome !== 'none')
      ? 'Fix their down().'
      : 'Write their down(), or allow it: --allow-missing-down.',
  };
}

/** The effects of the statements of every revision, or of the changed ones, on tables in use. */
async function findings(
  { session }: Workspace,
  disk: OnDisk,
  changed: ReadonlySet<string> | null,
  failOn: Severity = session.options.lint?.level ?? 'danger',
): Promise<Outcome> {
  const ids = disk.graph.order.filter(id => changed?.has(id) ?? true);
  let found: readonly Finding[];
  try {
    found = await lintOnDisk(session, disk, ids);
  } catch (error) {
    return inconclusive(error);
  }
  const bad = found.filter(finding => isAtLeast(finding, failOn));
  const accepted = found.filter(finding => finding.accepted !== undefined).length;
  const scope = changed === null ? '' : ' that changed';
  if (bad.length === 0) {
    const unread = new Set(found.filter(({ rule }) => rule === 'incomplete').map(({ revision }) => revision));
    const more = [
      accepted > 0 ? `; ${accepted} accepted` : '',
      unread.size > 0 ? `; not all SQL of ${count(unread.size, 'revision')} is known` : '',
    ].join('');
    return {
      outcome: 'passed',
      message: `${count(ids.length, 'revision')}${scope}, ${failOn === 'danger' ? 'nothing dangerous' : `no ${failOn} or worse`}${more}`,
      details: [],
    };
  }
  return {
    outcome: 'failed',
    message: `${count(bad.length, 'finding')} in ${count(new Set(bad.map(({ revision }) => revision)).size, 'revision')}`,
    details: bad.map(({ revision, action, rule, message }) => `${revision} ${action}: ${rule}: ${message}`),
    next: 'See migtui lint base:heads; use the safe form, accept a finding in its migration (// migtui: accept <rule> because …), or test what is new: --since <ref>.',
  };
}

/** Ranges of consecutive revisions to test, as indexes into the order. */
function ranges(
  order: readonly string[],
  changed: ReadonlySet<string> | null,
): { from: number; to: number }[] {
  if (changed === null) return order.length === 0 ? [] : [{ from: 0, to: order.length }];
  const found: { from: number; to: number }[] = [];
  for (const [index, id] of order.entries()) {
    if (!changed.has(id)) continue;
    const last = found.at(-1);
    if (last?.to === index) last.to = index + 1;
    else found.push({ from: index, to: index + 1 });
  }
  return found;
}

/** The problem with a revision's downgrade, in one line. */
function describe({ revision, undone, redone }: RehearsedStep): string {
  if (undone.outcome === 'none') return `${revision} has no down()`;
  if (undone.outcome === 'failed') return `${revision}: down() fails: ${undone.failure?.message}`;
  const changesIn = (effects: readonly { sign: string; words: string }[]): string =>
    effects.map(({ sign, words }) => `${sign} ${words}`).join(', ');
  if (undone.outcome === 'differs') {
    return `${revision}: down() does not restore the schema: ${changesIn(undone.differences)}`;
  }
  if (redone.outcome === 'failed') return `${revision}: up() fails after down(): ${redone.failure?.message}`;
  return `${revision}: up() after down() results in a different schema: ${changesIn(redone.differences)}`;
}

/** Something prevented the test: that is not a pass, unless there is nothing to test. */
function inconclusive(error: unknown): Outcome {
  if (error instanceof Failure && error.code === 'no-entities') {
    return { outcome: 'skipped', message: 'The project has no entities.', details: [] };
  }
  return { outcome: 'failed', message: `Not tested: ${whyNot(error)}`, details: [] };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
