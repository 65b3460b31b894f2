import { type Line, line } from '../../../drawing/text/span.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import { glyphsOf } from '../../../drawing/theme/glyphs.ts';
import type { PolicyCheck, Preview } from '../../../engine/api.ts';
import type { State } from '../../state/model.ts';

/*
 * The settings' rules for a protected database and their state for the plan.
 */

/** Whether the rules require typing the database's name. */
export const wantsName = ({ protected: isProtected, policy }: Preview): boolean =>
  isProtected && (policy.length === 0 || policy.some(({ rule }) => rule === 'confirm'));

/** Whether the rules require a backup before this plan runs. */
export const wantsBackup = ({ policy }: Preview): boolean =>
  policy.some(({ rule, state }) => rule === 'backup' && state === 'asked');

/** Whether a rehearsal would meet a violated rule. */
export const wantsRehearsal = ({ policy }: Preview): boolean =>
  policy.some(({ rule, state }) => rule === 'rehearsal' && state === 'broken');

/** A key as it works in the dialog: while a name is typed, letters go there. */
const keyIn = (preview: Preview, letter: string): string =>
  preview.destructive || wantsName(preview) ? `Ctrl-${letter.toUpperCase()}` : letter;

/** How to meet a violated rule, by a key if there is one. */
const nextOf = ({ rule, next }: PolicyCheck, preview: Preview): string =>
  rule === 'rehearsal' && !next.includes('--data')
    ? `Press ${keyIn(preview, 'R')} to rehearse this plan.`
    : next;

/** Why the rules forbid the plan; null if they do not. */
export function whyForbidden(preview: Preview, backup: boolean): string | null {
  const broken = preview.policy.find(({ state }) => state === 'broken');
  if (broken) return `${broken.message} (${broken.setBy})`;
  return wantsBackup(preview) && !backup
    ? `this database requires a backup: press ${keyIn(preview, 'b')}`
    : null;
}

/** Violated rules with their source and remedy, and the pending choice of a backup. */
export function policyLines(preview: Preview, backup: boolean, state: State, columns: number): Line[] {
  const { failed, warning } = glyphsOf(state.appearance.ascii);
  const lines = preview.policy.flatMap((check): Line[] => {
    if (check.state === 'met') return [];
    if (check.state === 'asked') {
      if (check.rule !== 'backup' || backup) return [];
      const notice = `${warning} This database requires a backup (${check.setBy}). Press ${keyIn(preview, 'b')}.`;
      return wrap(notice, columns).map(text => line(text, 'warning'));
    }
    const why = check.reason === null ? '' : ` ${check.reason}`;
    return [
      ...wrap(`${failed} Forbidden here: ${check.message} (${check.setBy}).${why}`, columns).map(text =>
        line(text, 'danger'),
      ),
      ...wrap(nextOf(check, preview), columns - 2).map(text => line(`  ${text}`, 'accent')),
    ];
  });
  return lines;
}
