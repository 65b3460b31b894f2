import type { FleetStages } from '../../engine/api.ts';
import { nameOf } from '../draw/rows.ts';
import { type Cell, table } from '../draw/text.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import type { Paint } from '../shell/paint.ts';

/** `migtui fleet stages`: the contexts of the config side by side. */
export const fleetStages: Definition = (program, act) =>
  program
    .command('stages')
    .description('show the contexts of the config side by side: where and when each revision was applied')
    .addHelpText('after', examples({ 'migtui fleet stages': 'dev, staging and production in columns' }))
    .action(act(showStages));

/** Exit code 1 if a stage cannot be read. */
async function showStages(call: Call): Promise<number> {
  const stages = await (await call.engine()).fleetStages();
  call.output.answer(stages, stages => stages, draw);
  return stages.contexts.some(({ failure }) => failure !== null) ? 1 : 0;
}

function draw({ contexts, revisions }: FleetStages, paint: Paint): string {
  const { glyphs } = paint;
  const head: Cell[] = [{ text: '' }, ...contexts.map(({ name }) => ({ text: name, paint: paint.bold }))];
  const rows = revisions.map(({ revision, at }): Cell[] => [
    { text: nameOf(revision), paint: paint.id },
    ...at.map(({ applied, at }): Cell => {
      if (applied === null) return { text: '?', paint: paint.dim };
      if (!applied) return { text: glyphs.pending, paint: paint.warn };
      return {
        text: `${glyphs.applied} ${at === null ? '' : at.slice(0, 16).replace('T', ' ')}`,
        paint: paint.good,
      };
    }),
  ]);
  const failures = contexts.flatMap(({ name, failure }) =>
    failure ? [`${paint.bad(glyphs.failed)} ${name}: ${failure.message}`] : [],
  );
  return [table([head, ...rows]), ...(failures.length > 0 ? ['', ...failures] : [])].join('\n');
}
