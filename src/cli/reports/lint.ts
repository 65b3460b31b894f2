import { InvalidArgumentError } from 'commander';
import type { Finding, LintReport, Severity } from '../../engine/api.ts';
import { writeDraft } from '../authoring/write-draft.ts';
import { ofLint } from '../ci/ci-report.ts';
import { answerInFormat, type Format, formatOption, overviewForCi } from '../ci/format.ts';
import { drawLint } from '../draw/findings.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { durationOption, verbose, yes } from '../shell/options.ts';

/** Exit code if a finding has at least the given severity. */
const found = 3;

const severities: readonly Severity[] = ['danger', 'warning', 'note'];

interface LintOptions {
  readonly failOn?: Severity;
  readonly withRows?: number | true;
  readonly fix?: boolean;
  readonly yes?: boolean;
  readonly verbose?: boolean;
  readonly format: Format;
}

/** Default time limit for counting the failing rows of one statement, ms. */
const rowCountTimeoutMs = 5_000;

/** `migtui lint [range]`: the effects of revisions' statements on a database in use. */
export const lint: Definition = (program, act) =>
  program
    .command('lint')
    .description('report what revisions lock, rewrite, lose and break; exit code 3 on danger')
    .argument('[range]', 'a target or from:to; default: the pending revisions')
    .option(
      '--fail-on <severity>',
      'lowest severity that causes exit code 3: danger, warning or note (default: lint.level of the settings, else danger)',
      severityOf,
    )
    .addOption(
      durationOption(
        '--with-rows [time]',
        'count the rows that would make a statement fail: read-only, with this time limit each (default: 5s)',
      ),
    )
    .option('--fix', 'move the dangerous statements of one revision into new revisions, in a safe form')
    .addOption(formatOption())
    .addOption(yes())
    .addOption(verbose('show notes too'))
    .addHelpText(
      'after',
      examples({
        'migtui lint': 'what an upgrade would run',
        'migtui lint base:heads': 'every revision, each as if it were deployed by itself',
        'migtui lint --with-rows': 'how many rows would make pending revisions fail',
        'migtui lint --fix head': 'safe forms of its dangerous statements, such as create index concurrently',
        'migtui lint --fail-on warning --json': 'for CI',
      }),
    )
    .action(act(lintRange));

function severityOf(text: string): Severity {
  const severity = severities.find(one => one === text);
  if (severity === undefined) throw new InvalidArgumentError(`It must be one of ${severities.join(', ')}.`);
  return severity;
}

async function lintRange(call: Call, range: string | undefined, options: LintOptions): Promise<number> {
  if (options.fix) return fix(call, range, options.yes);
  const engine = await call.engine();
  const { withRows } = options;
  const report = await engine.lint({ range, withRows: withRows === true ? rowCountTimeoutMs : withRows });
  const level = options.failOn ?? report.level;
  if (options.format !== 'text' && !call.output.json) {
    const bad = (finding: Finding): boolean => isBad({ ...report, findings: [finding], level });
    await answerInFormat(call, options.format, ofLint(report, bad), await overviewForCi(call));
    return isBad({ ...report, level }) ? found : 0;
  }
  call.output.answer(
    { ...report, level },
    ({ findings, judged, level }) => ({ findings, judged, level }),
    (report, paint) => drawLint(report, paint, options.verbose === true),
  );
  return isBad({ ...report, level }) ? found : 0;
}

async function fix(call: Call, revision = 'head', yes = false): Promise<number> {
  const draft = await (await call.engine()).draftFix(revision);
  await writeDraft(call, draft, { what: 'The safe form', question: 'Write these files?', yes });
  return 0;
}

function isBad({ findings, level }: LintReport): boolean {
  const least = severities.indexOf(level);
  return findings.some(
    ({ severity, accepted }) => accepted === undefined && severities.indexOf(severity) <= least,
  );
}
