import type { Rehearsal } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';
import { drawSql } from './detail.ts';
import { drawEffects } from './effects.ts';
import { drawFailure } from './failure.ts';
import { nameOf } from './rows.ts';
import { indent } from './text.ts';

const list = (ids: readonly string[]): string => ids.map(nameOf).join(', ');

/** What the branches do, whether they fit together, and where they do not. */
export function drawRehearsal(rehearsal: Rehearsal, paint: Paint): string {
  const { ancestors, branches, orders, shared, differences, downAndUp, reconcile, caveats } = rehearsal;
  return [
    `${paint.dim('common ancestor:')} ${list(ancestors) || 'none'}`,
    '',
    ...branches.map(({ head, revisions, effects, failure }) =>
      [
        paint.bold(nameOf(head)),
        indent(paint.dim(list(revisions))),
        effects.length > 0 ? drawEffects(effects, paint) : indent(paint.dim('no change of the schema')),
        ...(failure ? [indent(drawFailure(failure, paint))] : []),
        '',
      ].join('\n'),
    ),
    ...orders.map(({ heads, ok, failed }) => {
      const order = heads.map(nameOf).join(' then ');
      if (ok) return `${paint.good(paint.glyphs.ok)} ${order}: runs`;
      const why = failed
        ? `\n${indent(`${nameOf(failed.revision)}\n${drawFailure(failed.failure, paint)}`)}`
        : '';
      return `${paint.bad(paint.glyphs.failed)} ${order}: fails${why}`;
    }),
    ...(downAndUp
      ? [
          `${downAndUp.ok ? paint.good(paint.glyphs.ok) : paint.warn(paint.glyphs.warning)} down and up again${downAndUp.words.map(word => `\n  ${word}`).join('')}`,
        ]
      : []),
    drawVerdict(rehearsal, paint),
    ...(shared.length > 0 ? [indent(`touched by both: ${shared.join(', ')}`)] : []),
    ...(differences.length > 0 ? [drawEffects(differences, paint)] : []),
    ...(reconcile.length > 0
      ? [
          'The merged entities need:',
          drawSql({ sql: reconcile, complete: true, note: null, transactional: true }, paint),
        ]
      : []),
    ...caveats.map(caveat => paint.dim(caveat)),
    '',
  ].join('\n');
}

function drawVerdict({ verdict }: Rehearsal, paint: Paint): string {
  const { ok, warning, failed } = paint.glyphs;
  if (verdict === 'fits') return paint.good(`${ok} They fit: the same schema in every order.`);
  if (verdict === 'overlaps') return paint.warn(`${warning} They fit, but touch the same objects.`);
  if (verdict === 'differs') return paint.bad(`${failed} The schema depends on the order.`);
  return paint.bad(`${failed} They do not run one after the other.`);
}
