import type { RevisionDetail } from '../engine/api.ts';
import { Failure } from '../foundation/failure.ts';
import { drawDetail } from './draw/detail.ts';
import { lookFor } from './looking.ts';
import { revisionsJson, sqlJson } from './shapes.ts';
import type { Call } from './shell/call.ts';
import { type Definition, examples } from './shell/command.ts';
import { verbose } from './shell/options.ts';

/** `migtui show <rev>`: what one revision says and does. */
export const show: Definition = (program, act) =>
  program
    .command('show')
    .description('show one revision: what it revises, its SQL up and down')
    .argument('<revision>', 'a target; see migtui --help')
    .addOption(verbose('print the source as well'))
    .addHelpText(
      'after',
      examples({
        'migtui show head': 'the head',
        'migtui show add_last_read': 'by a unique beginning of its words',
        'migtui show current -v': 'what is applied last, with its source',
      }),
    )
    .action(act(showRevision));

async function showRevision(call: Call, target: string, options: { verbose?: boolean }): Promise<undefined> {
  const look = await lookFor(call, 'revisions');
  const engine = await call.engine();
  const ids = await engine.resolve(target);
  if (ids.length === 0) {
    throw new Failure({
      code: 'no-revision',
      message: `"${target}" is no revision: nothing is there to show.`,
      next: 'migtui history lists the revisions.',
    });
  }
  const details: RevisionDetail[] = [];
  for (const id of ids) details.push(await engine.revision(id));
  const json = ({ row, source, author, up, down }: RevisionDetail) => ({
    ...revisionsJson([row], look)[0],
    source,
    up: sqlJson(up),
    down: sqlJson(down),
    author,
  });
  call.output.answer(
    details,
    () => (details.length === 1 ? json(details[0] as RevisionDetail) : details.map(json)),
    (details, paint) => details.map(one => drawDetail(one, paint, options.verbose === true)).join('\n\n'),
  );
}
