import type { RevisionDetail } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import type { ShowAnswer } from '../answers.ts';
import { drawDetail } from '../draw/detail.ts';
import { revisionIn, sqlJson } from '../shapes.ts';
import type { Call } from '../shell/call.ts';
import { clean } from '../shell/clean.ts';
import { type Definition, examples } from '../shell/command.ts';
import { verbose } from '../shell/options.ts';
import { requireStanding } from './require-status.ts';

/** `migtui show <rev>`: the declarations and the SQL of one revision. */
export const show: Definition = (program, act) =>
  program
    .command('show')
    .description('show one revision: what it revises, its SQL up and down')
    .argument('<revision>', 'a target; see migtui --help')
    .addOption(verbose('print the source as well'))
    .addHelpText(
      'after',
      examples({
        'migtui show heads': 'all heads',
        'migtui show add_last_read': 'by a unique prefix of its words',
        'migtui show current -v': 'the last applied revision, with its source',
      }),
    )
    .action(act(showRevision));

async function showRevision(call: Call, target: string, options: { verbose?: boolean }): Promise<undefined> {
  const engine = await call.engine();
  const { details, findings, failure, ...standing } = await engine.show(target);
  requireStanding(call, standing, 'revisions');
  if (failure) throw new Failure(failure);
  if (details.length === 0) {
    throw new Failure({
      code: 'no-revision',
      message: `"${target}" is not a revision: there is nothing to show.`,
      next: 'migtui history lists the revisions.',
    });
  }
  const of = ({ row }: RevisionDetail) => findings.filter(({ revision }) => revision === row.id);
  const json = (detail: RevisionDetail): ShowAnswer => {
    const { row, source, author, up, down } = detail;
    return {
      ...revisionIn(row, standing),
      source,
      up: sqlJson(up),
      down: sqlJson(down),
      author,
      findings: of(detail),
    };
  };
  call.output.answer(
    details,
    () => (details.length === 1 ? json(details[0] as RevisionDetail) : details.map(json)),
    (details, paint) =>
      details.map(one => drawDetail(one, clean(of(one)), paint, options.verbose === true)).join('\n\n'),
  );
}
