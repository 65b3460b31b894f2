import type { CheckReport } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';
import { drawSql } from './detail.ts';
import { drawEffects } from './effects.ts';
import { nameOf } from './rows.ts';
import { count, indent } from './text.ts';

/**
 * The result of a check: one paragraph per finding, then what was checked without findings, and what could
 * not be checked.
 */
export function drawReport(
  { findings, agreed, skipped, notCompared, clean }: CheckReport,
  paint: Paint,
): string {
  const paragraphs = findings.map(({ kind, message, next, revisions, sql, effects }) =>
    [
      `${paint.bad(paint.glyphs.failed)} ${paint.bold(kind)}: ${message}`,
      ...(revisions.length > 0 ? [indent(revisions.map(nameOf).join('\n'))] : []),
      ...(effects.length > 0 ? [drawEffects(effects, paint)] : []),
      ...(sql.length > 0 ? [drawSql({ sql, complete: true, note: null, transactional: true }, paint)] : []),
      ...(next === '' ? [] : [indent(`${paint.dim('next:')} ${next}`)]),
    ].join('\n'),
  );
  const reasons = Map.groupBy(skipped, ({ why }) => why);
  const unseen = [...reasons].map(([why, kinds]) =>
    paint.dim(`${paint.glyphs.skipped} ${kinds.map(({ kind }) => kind).join(', ')}: not checked: ${why}`),
  );
  const looked = agreed.length > 0 ? [`${paint.good(paint.glyphs.ok)} ${agreed.join(', ')}`] : [];
  const fine = skipped.length > 0 ? 'No problems found in what could be checked.' : 'No problems found.';
  const verdict = clean
    ? paint.good(`${paint.glyphs.ok} ${fine}`)
    : paint.bad(`${count(findings.length, 'finding')}.`);
  const left = notCompared
    ? [paint.dim(`${paint.glyphs.skipped} drift does not compare ${notCompared}.`)]
    : [];
  const rest = [...looked, ...unseen, ...left];
  return [...paragraphs, ...(rest.length > 0 ? [rest.join('\n')] : []), verdict].join('\n\n');
}
