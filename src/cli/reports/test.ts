import { Option } from 'commander';
import type { Severity, TestReport, TestResult } from '../../engine/api.ts';
import { ofTest } from '../ci/ci-report.ts';
import { answerInFormat, type Format, formatOption, overviewForCi } from '../ci/format.ts';
import { indent } from '../draw/text.ts';
import type { Call } from '../shell/call.ts';
import { clean } from '../shell/clean.ts';
import { type Definition, examples } from '../shell/command.ts';
import type { Paint } from '../shell/paint.ts';

/** Exit code if a test failed. */
const failed = 3;

interface TestOptions {
  readonly since?: string;
  readonly allowMissingDown?: boolean;
  readonly failOn?: Severity;
  readonly format: Format;
}

/** `migtui test`: everything about the revisions that can be tested without the project's database. */
export const test: Definition = (program, act) =>
  program
    .command('test')
    .description(
      'test the revisions on the shadow: graph, heads, upgrade, entities, downgrade, findings; exit code 3 on a failure',
    )
    .option(
      '--since <ref>',
      'test the downgrade and the findings only of revisions that changed in git since this commit or branch',
    )
    .option('--allow-missing-down', 'a revision without down() is no failure')
    .addOption(
      new Option(
        '--fail-on <severity>',
        'lowest severity of a finding that causes exit code 3 (default: lint.level of the settings, else danger)',
      ).choices(['danger', 'warning', 'note']),
    )
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples({
        'migtui test': 'everything; needs no database',
        'migtui test --since origin/main': 'in a pull request',
        'migtui test --format junit > report.xml': 'for GitLab and others',
        'migtui test --json': 'for scripts',
      }),
    )
    .action(act(runTests));

async function runTests(
  call: Call,
  { since, allowMissingDown, failOn, format }: TestOptions,
): Promise<number> {
  const engine = await call.engine();
  const report = await engine.test({ since, allowMissingDown, failOn });
  if (format !== 'text' && !call.output.json) {
    const overview = await overviewForCi(call);
    await answerInFormat(call, format, ofTest(report, overview), overview);
  } else call.output.answer(report, report => report, draw);
  return report.ok ? 0 : failed;
}

function draw({ tests, ok }: TestReport, paint: Paint): string {
  const width = Math.max(...tests.map(({ name }) => name.length));
  const counted = (outcome: TestResult['outcome']): number =>
    tests.filter(test => test.outcome === outcome).length;
  const totals = `${counted('passed')} passed, ${counted('failed')} failed${counted('skipped') > 0 ? `, ${counted('skipped')} skipped` : ''}`;
  return [
    ...tests.map(test => drawTest(test, width, paint)),
    '',
    ok ? paint.good(totals) : paint.bad(totals),
  ].join('\n');
}

function drawTest(
  { name, outcome, message, details, next }: TestResult,
  width: number,
  paint: Paint,
): string {
  const { glyphs } = paint;
  const mark =
    outcome === 'passed'
      ? paint.good(glyphs.ok)
      : outcome === 'failed'
        ? paint.bad(glyphs.failed)
        : paint.dim(glyphs.skipped);
  const margin = width + 4;
  return [
    `${mark} ${paint.bold(name.padEnd(width))}  ${outcome === 'skipped' ? paint.dim(message) : message}`,
    ...details.map(detail => indent(clean(detail), margin)),
    ...(next ? [indent(paint.dim(next), margin)] : []),
  ].join('\n');
}
