import type { CheckReport, FindingKind } from '../../engine/api.ts';
import { ofCheck } from '../ci/ci-report.ts';
import { answerInFormat, type Format, formatOption, overviewForCi } from '../ci/format.ts';
import { drawReport } from '../draw/report.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { UsageError } from '../shell/usage.ts';

/** Descriptions of what `check` compares. */
const kinds: Record<FindingKind, string> = {
  pending: 'revisions that are not applied',
  heads: 'more than one head',
  entities: 'entities that differ from the revisions',
  drift: 'a live schema that differs from the applied revisions',
  edited: 'applied revisions whose files were changed',
  missing: 'applied revisions without a file',
  undeclared: 'migrations that do not say what they revise',
  snapshot: 'a snapshot file that is broken or behind',
  problems: 'revisions that form no graph',
  unsettled: 'interrupted revisions',
};

/** Exit code when something was found. */
const found = 3;

interface CheckOptions {
  readonly only?: string;
  readonly ignore?: string;
  readonly format: Format;
}

/** `migtui check`: for CI and for users. */
export const check: Definition = (program, act) =>
  program
    .command('check')
    .description('look for problems; exit code 3 when there is one')
    .option('--only <kinds>', 'check only these, separated by commas')
    .option('--ignore <kinds>', 'do not check these')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `\nKinds:\n${kindList()}${examples({
        'migtui check': 'everything',
        'migtui check --only entities,heads,problems': 'what a pull request can break; needs no database',
        'migtui check --format github': 'in GitHub Actions',
        'migtui check --ignore pending --json': 'for scripts',
      })}`,
    )
    .action(act(checkAll));

async function checkAll(call: Call, { only, ignore, format }: CheckOptions): Promise<number> {
  const all = Object.keys(kinds) as FindingKind[];
  const ignored = parseKinds(ignore, '--ignore') ?? [];
  const asked = (parseKinds(only, '--only') ?? all).filter(kind => !ignored.includes(kind));
  const engine = await call.engine();
  const report = await engine.check(asked);
  // If something requested explicitly could not be checked, the result is not clean.
  const required = only !== undefined;
  if (format !== 'text' && !call.output.json) {
    const overview = await overviewForCi(call);
    await answerInFormat(call, format, ofCheck(report, overview, required), overview);
    return exitCode(report, required);
  }
  call.output.answer(
    report,
    ({ clean, findings, agreed, skipped, notCompared = null, leftAlone }) => ({
      clean,
      findings,
      agreed,
      skipped,
      notCompared,
      ...(leftAlone && { leftAlone }),
    }),
    (report, paint) => drawReport(report, paint, required),
  );
  return exitCode(report, required);
}

function exitCode({ clean, skipped }: CheckReport, required: boolean): number {
  if (!clean) return found;
  return required && skipped.length > 0 ? 1 : 0;
}

function parseKinds(text: string | undefined, option: string): FindingKind[] | undefined {
  const names = text?.split(',').map(name => name.trim());
  const unknown = names?.find(name => !Object.hasOwn(kinds, name));
  if (unknown !== undefined) {
    throw new UsageError(
      `Unknown value "${unknown}" for ${option}; choose from ${Object.keys(kinds).join(', ')}`,
    );
  }
  return names as FindingKind[] | undefined;
}

function kindList(): string {
  return Object.entries(kinds)
    .map(([kind, about]) => `  ${kind.padEnd(10)}  ${about}\n`)
    .join('');
}
