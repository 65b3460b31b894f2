import type { CheckReport } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import { someNames } from '../../foundation/some-names.ts';
import type { Paint } from '../shell/paint.ts';
import { drawSql } from './detail.ts';
import { drawEffects } from './effects.ts';
import { nameOf } from './rows.ts';
import { indent } from './text.ts';

/**
 * The result of a check: one paragraph per finding, then what was checked without findings, and what could
 * not be checked.
 * @param required what could not be checked is a failure
 */
export function drawReport(
  { findings, agreed, skipped, notCompared, leftAlone = [], clean }: CheckReport,
  paint: Paint,
  required: boolean,
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
  const agreement = agreed.length > 0 ? [`${paint.good(paint.glyphs.ok)} ${agreed.join(', ')}`] : [];
  const unchecked = skipped.map(({ kind }) => kind).join(', ');
  const fine = skipped.length > 0 ? 'No problems found in what could be checked.' : 'No problems found.';
  const summary = !clean
    ? paint.bad(`${count(findings.length, 'finding')}.`)
    : required && skipped.length > 0
      ? paint.bad(`${paint.glyphs.failed} Not checked: ${unchecked}.`)
      : paint.good(`${paint.glyphs.ok} ${fine}`);
  const left = notCompared
    ? [paint.dim(`${paint.glyphs.skipped} drift does not compare ${notCompared}.`)]
    : [];
  const manual =
    leftAlone.length > 0
      ? [
          paint.dim(
            `${paint.glyphs.skipped} entities: not compared, because they exist only in the SQL of revisions: ${someNames(leftAlone, 6)}.`,
          ),
        ]
      : [];
  const rest = [...agreement, ...unseen, ...manual, ...left];
  return [...paragraphs, ...(rest.length > 0 ? [rest.join('\n')] : []), summary].join('\n\n');
}
