import type { FleetRow, FleetStatus } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import { fleetStates, problemsOf } from '../../values/fleet.ts';
import { remarkOf } from '../draw/fleet-status.ts';
import { indent } from '../draw/text.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import type { Paint } from '../shell/paint.ts';
import { UsageError } from '../shell/usage.ts';
import { type ChoiceOptions, choiceOf, choiceOptions, withTargets } from './choice.ts';

/** Exit code when something was found. */
const found = 3;
/** Number of targets listed per kind. */
const few = 3;

const kinds = fleetStates.filter(state => state !== 'head');

interface CheckOptions extends ChoiceOptions {
  readonly ignore?: string;
}

/** `migtui fleet check`: whether any target has a problem, for CI. */
export const fleetCheck: Definition = (program, act) => {
  const command = program
    .command('check')
    .description('find targets with problems, and compare the schemas of those at the same revisions');
  for (const option of choiceOptions()) command.addOption(option);
  return command
    .option('--ignore <kinds>', `do not check these: ${kinds.join(', ')}`)
    .addHelpText(
      'after',
      examples({
        'migtui fleet check': 'exit code 3 when there are findings',
        'migtui fleet check --ignore behind --json': 'before a deployment, for scripts',
      }),
    )
    .action(act(checkFleet));
};

async function checkFleet(call: Call, options: CheckOptions): Promise<number> {
  const ignored = options.ignore?.split(',').map(kind => kind.trim()) ?? [];
  const unknown = ignored.find(kind => !(kinds as string[]).includes(kind));
  if (unknown !== undefined) {
    throw new UsageError(`Unknown value "${unknown}" for --ignore; choose from ${kinds.join(', ')}`);
  }
  const engine = await call.engine();
  const status = await withTargets(
    engine.fleetStatus({ ...choiceOf(options), drift: !ignored.includes('drifted') }),
  );
  // A target may have several problems: its state is the first one that counts.
  const problems = status.targets.flatMap((row): FleetRow[] => {
    const unknown = row.state === 'unreachable' || row.state === 'gone';
    const state = (unknown ? [row.state] : problemsOf(row)).find(one => !ignored.includes(one));
    return state ? [{ ...row, state }] : [];
  });
  const report = {
    clean: problems.length === 0,
    targets: problems,
    checked: status.targets.length,
    compared: status.compared,
  };
  call.output.answer(
    { report, status },
    ({ report }) => report,
    ({ report, status }, paint) => draw(report.targets, status, paint),
  );
  return report.clean ? 0 : found;
}

function draw(problems: readonly FleetRow[], { targets, compared }: FleetStatus, paint: Paint): string {
  const byState = Map.groupBy(problems, ({ state }) => state);
  const seen = `${count(targets.length, 'target')} checked; ${compared} compared with others at the same revisions.`;
  const parts = [...byState].map(([state, rows]) => {
    const more = rows.length - few;
    return [
      paint.bold(`${count(rows.length, 'target')} ${state}`),
      ...rows.slice(0, few).map(row => indent(`${row.name}  ${paint.dim(remarkOf(row))}`)),
      ...(more > 0 ? [indent(paint.dim(`and ${more} more`))] : []),
    ].join('\n');
  });
  return [...parts, problems.length === 0 ? paint.good(`No problems: ${seen}`) : paint.dim(seen)].join('\n');
}
