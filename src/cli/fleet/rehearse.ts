import type { FleetRehearsal, PlanRequest } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import { drawFailure } from '../draw/failure.ts';
import { indent } from '../draw/text.ts';
import { drawPlanRehearsal } from '../reports/rehearse.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import type { Paint } from '../shell/paint.ts';
import { type ChoiceOptions, choiceOf, choiceOptions, withTargets } from './choice.ts';

/** Exit code when the rehearsal found something. */
const found = 3;

interface RehearseOptions extends ChoiceOptions {
  readonly down?: boolean;
}

/** `migtui fleet rehearse`: tests the plan of each group once on the shadow. */
export const fleetRehearse: Definition = (program, act) => {
  const command = program
    .command('rehearse')
    .description('run the plan of each group on the shadow, up, down and up again; exit code 3 on a problem')
    .argument('[target...]', 'what to upgrade to (default: heads)');
  for (const option of choiceOptions()) command.addOption(option);
  return command
    .option('--down', 'rehearse the downgrade to the target instead')
    .addHelpText('after', examples({ 'migtui fleet rehearse head': 'before an upgrade of all' }))
    .action(act(rehearseFleet));
};

async function rehearseFleet(
  call: Call,
  targets: readonly string[],
  options: RehearseOptions,
): Promise<number> {
  const asked = targets.length > 0 ? targets : [options.down ? '-1' : 'heads'];
  const plan: PlanRequest = { command: options.down ? 'downgrade' : 'upgrade', targets: asked };
  const engine = await call.engine();
  const groups = await withTargets(engine.fleetRehearse({ choice: choiceOf(options), plan }));
  call.output.answer(groups, groups => groups, draw);
  return groups.every(({ rehearsal }) => rehearsal?.ok === true) ? 0 : found;
}

function draw(groups: readonly FleetRehearsal[], paint: Paint): string {
  if (groups.length === 0) return paint.dim('Nothing to rehearse: every target is there.');
  return groups
    .map(({ targets, on, rehearsal, failure }) =>
      [
        paint.bold(`${count(targets.length, 'target')}, as ${on}`),
        indent(rehearsal ? drawPlanRehearsal(rehearsal, paint) : failure ? drawFailure(failure, paint) : ''),
      ].join('\n'),
    )
    .join('\n\n');
}
