import { headlineOf, remedyText } from '../../drawing/text/rehearsal.ts';
import type { Rehearsal } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';
import { drawSql } from './detail.ts';
import { drawEffects } from './effects.ts';
import { drawFailure } from './failure.ts';
import { nameOf } from './rows.ts';
import { indent } from './text.ts';

const list = (ids: readonly string[]): string => ids.map(nameOf).join(', ');

/** The changes of the branches, whether they are compatible, and the conflicts. */
export function drawRehearsal(rehearsal: Rehearsal, paint: Paint): string {
  const { ancestors, branches, orders, remedies, shared, differences, downAndUp, reconcile, caveats } =
    rehearsal;
  const conflict = !remedies.every(remedy => remedy.ok);
  return [
    drawResult(rehearsal, paint),
    ...(shared.length > 0 ? [indent(`changed by more than one branch: ${shared.join(', ')}`)] : []),
    ...(differences.length > 0 ? [drawEffects(differences, paint)] : []),
    ...(conflict ? ['', 'Options:', indent(drawRemedies(remedies, paint))] : []),
    '',
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
          `${downAndUp.ok ? paint.good(paint.glyphs.ok) : paint.warn(paint.glyphs.warning)} downgrade and upgrade again${downAndUp.words.map(word => `\n  ${word}`).join('')}`,
        ]
      : []),
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

/** The possible solutions, with the result of testing them; for a failed one with its error. */
export function drawRemedies(remedies: Rehearsal['remedies'], paint: Paint): string {
  const { ok, warning, failed } = paint.glyphs;
  return remedies
    .map(remedy => {
      const text = remedyText(remedy, nameOf);
      if (remedy.ok) return `${paint.good(ok)} ${text}`;
      if (remedy.failed) {
        const { revision, failure } = remedy.failed;
        return `${paint.bad(failed)} ${text}: ${nameOf(revision)} fails: ${failure.message}`;
      }
      return `${paint.warn(warning)} ${text}: each database gets the schema of its own order`;
    })
    .join('\n');
}

function drawResult(rehearsal: Rehearsal, paint: Paint): string {
  const { ok, warning, failed } = paint.glyphs;
  const { text, tone } = headlineOf(rehearsal, nameOf);
  if (tone === 'ok') return paint.good(`${ok} ${text}`);
  return tone === 'warning' ? paint.warn(`${warning} ${text}`) : paint.bad(`${failed} ${text}`);
}
