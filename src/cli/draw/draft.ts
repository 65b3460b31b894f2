import type { Draft, Finding } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';
import { drawFinding } from './findings.ts';
import { nameOf } from './rows.ts';
import { indent } from './text.ts';

/** The files to be written, as diffs, with notes and warnings. */
export function drawDraft({ files, warnings, notes, findings }: Draft, paint: Paint): string {
  return [
    ...files.map(({ diff }) => `${drawDiff(diff, paint)}\n`),
    ...notes,
    ...warnings.map(warning => `${paint.warn(paint.glyphs.warning)} ${warning}`),
    ...drawFindings(findings, paint),
  ].join('\n');
}

/** A unified diff. */
export function drawDiff(diff: string, paint: Paint): string {
  return diff
    .trimEnd()
    .split('\n')
    .map(line => {
      if (/^(---|\+\+\+|={3,}|Index:)/.test(line)) return paint.bold(line);
      if (line.startsWith('@@')) return paint.mark(line);
      if (line.startsWith('+')) return paint.added(line);
      return line.startsWith('-') ? paint.removed(line) : line;
    })
    .join('\n');
}

/**
 * The files that were written, and notes and warnings that were not shown before.
 * @param nothing printed if there are no files
 */
export function drawWritten(
  { files, revision, notes, warnings, findings }: Draft,
  paint: Paint,
  nothing = 'There is nothing to write.',
): string {
  const verbs = files.map(({ path, before, after }) => {
    const verb = after === null ? 'Removed' : before === null ? 'Wrote' : 'Changed';
    return `${paint.good(verb)} ${path}`;
  });
  return [
    ...(files.length === 0 ? [paint.dim(nothing)] : verbs),
    ...(revision ? [`${paint.bold('Revision:')} ${nameOf(revision)}`] : []),
    ...notes.map(note => indent(note)),
    ...warnings.map(warning => `${paint.warn(paint.glyphs.warning)} ${warning}`),
    ...drawFindings(findings, paint),
  ].join('\n');
}

function drawFindings(findings: readonly Finding[] = [], paint: Paint): string[] {
  return findings.filter(({ severity }) => severity !== 'note').map(one => drawFinding(one, paint, true));
}
