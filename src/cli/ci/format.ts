import { appendFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { Option } from 'commander';
import type { Overview } from '../../engine/api.ts';
import { drawGraph } from '../draw/graph.ts';
import type { Call } from '../shell/call.ts';
import { clean } from '../shell/clean.ts';
import { paintFor } from '../shell/paint.ts';
import { safeText } from '../shell/safe-text.ts';
import type { CiReport } from './ci-report.ts';
import { githubAnnotations, githubSummary } from './github.ts';
import { junit } from './junit.ts';

export type Format = 'text' | 'github' | 'junit';

/** `--format`, for commands whose result CI systems display. */
export const formatOption = (): Option =>
  new Option(
    '--format <format>',
    'output format; github writes annotations, and a job summary to $GITHUB_STEP_SUMMARY; junit writes XML',
  )
    .choices(['text', 'github', 'junit'])
    .default('text');

/** The revisions, for their files and the history; null if they cannot be read. */
export async function overviewForCi(call: Call): Promise<Overview | null> {
  const engine = await call.engine();
  return engine.overview().catch(() => null);
}

/** Prints a report in the format of a CI system. */
export async function answerInFormat(
  call: Call,
  format: 'github' | 'junit',
  report: CiReport,
  overview: Overview | null,
): Promise<void> {
  const safe = clean(report);
  if (format === 'junit') {
    call.output.text(junit(safe));
    return;
  }
  const { GITHUB_STEP_SUMMARY: file, GITHUB_WORKSPACE: workspace } = call.host.env;
  const folder = workspace ? relative(workspace, call.root).replaceAll('\\', '/') : '';
  call.output.text(githubAnnotations(safe, folder.startsWith('..') ? '' : folder));
  if (!file) return;
  const graph = overview && drawGraph(clean(overview).revisions, paintFor(false, false), call.host.now());
  await appendFile(file, safeText(githubSummary(safe, graph)));
}
