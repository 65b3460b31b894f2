import { escaped, fenced, findingsMarkdown } from '../draw/branch-diff.ts';
import type { CiReport, Remark } from './ci-report.ts';

/** GitHub shows at most this many annotations per step. */
const most = 10;

/** Workflow commands, one per line: errors first, because GitHub shows ten of each level. */
export function githubAnnotations({ cases }: CiReport, folder = ''): string {
  const remarks = cases.flatMap(one => one.remarks);
  return (['error', 'warning', 'notice'] as const)
    .flatMap(level => {
      const own = remarks.filter(remark => remark.level === level);
      const shown = own.length > most ? own.slice(0, most - 1) : own;
      const more = own.length - shown.length;
      return [
        ...shown.map(remark => annotation(remark, folder)),
        ...(more > 0 ? [`::${level}::${more} more; see the job summary`] : []),
      ];
    })
    .join('\n');
}

function annotation({ level, title, message, file, line }: Remark, folder: string): string {
  const properties = [
    ...(file === null ? [] : [`file=${property(folder === '' ? file : `${folder}/${file}`)}`]),
    ...(file === null || line === null ? [] : [`line=${line}`]),
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(',')}::${data(message)}`;
}

const data = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');

const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

/**
 * The summary of a job, in Markdown.
 * @param graph the history as text; null if unknown
 */
export function githubSummary({ command, cases, findings }: CiReport, graph: string | null): string {
  const failed = cases.filter(({ outcome }) => outcome === 'failed');
  const signs = { passed: '✅', failed: '❌', skipped: '⏭️' };
  return [
    `## migtui ${command}: ${failed.length === 0 ? 'passed' : `${failed.length} failed`}`,
    [
      '| | | |',
      '|---|---|---|',
      ...cases.map(
        ({ name, outcome, message }) =>
          `| ${signs[outcome]} | \`${name}\` | ${escaped(message).replace(/\|/g, '\\|').replace(/\s+/g, ' ')} |`,
      ),
    ].join('\n'),
    ...failed
      .filter(({ details }) => details.length > 0)
      .map(({ name, details }) => `**${name}**\n\n${fenced(details.join('\n'))}`),
    ...(findings.length > 0 ? [findingsMarkdown(findings)] : []),
    ...(graph === null || graph === ''
      ? []
      : [`<details><summary>History</summary>\n\n${fenced(graph)}\n\n</details>`]),
    '',
  ].join('\n\n');
}
