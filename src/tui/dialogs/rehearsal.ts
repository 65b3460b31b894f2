import { effectLines } from '../../drawing/text/effects.ts';
import { failureLines } from '../../drawing/text/failure.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import type { PlanRehearsal, RehearsedStep, ReturnTrip } from '../../engine/api.ts';
import type { Dialog, Loaded, State } from '../state/model.ts';
import { nameOf } from '../state/select.ts';
import type { DialogType } from './dialog.ts';

/**
 * The rehearsal of the plan below: the effects of each step, and whether its downgrade restores the schema.
 */
export interface RehearsalDialog extends Dialog {
  readonly kind: 'rehearsal';
}

/** A dialog with a rehearsal: the plan. */
interface Rehearsed extends Dialog {
  readonly rehearsed?: Loaded<PlanRehearsal> | null;
}

export const rehearsalDialog = (openedBy: string): RehearsalDialog => ({
  kind: 'rehearsal',
  top: 0,
  openedBy,
});

const rehearsalIn = ({ dialogs }: State): Loaded<PlanRehearsal> | null =>
  dialogs.reduce<Loaded<PlanRehearsal> | null>(
    (found, dialog) => (dialog as Rehearsed).rehearsed ?? found,
    null,
  );

/** The result of a rehearsal, in one line. */
export function rehearsalResult({ steps, ok }: PlanRehearsal): Line {
  const bad = steps.filter(step => !step.ok).length;
  const of = `${bad} of ${steps.length} step${steps.length === 1 ? '' : 's'}`;
  if (ok) return line('Rehearsed: every step runs, and the downgrade restores the schema.', 'ok');
  if (steps.some(({ failure }) => failure !== null)) return line('Rehearsed: the plan fails.', 'danger');
  const onlyMissing = steps.every(step => step.ok || step.undone.outcome === 'none');
  return onlyMissing
    ? line(`Rehearsed: every step runs; ${of} cannot be undone.`, 'warning')
    : line(`Rehearsed: every step runs, but the downgrade fails or differs for ${of}.`, 'danger');
}

function stepLines(step: RehearsedStep, state: State, columns: number): Line[] {
  const glyphs = glyphsOf(state.appearance.ascii);
  const { action, revision, ok, effects, failure, undone, redone } = step;
  const missing = failure === null && undone.outcome === 'none';
  const style = ok ? 'ok' : missing ? 'warning' : 'danger';
  const back = action === 'up' ? 'down' : 'up';
  return [
    [
      { text: `${ok ? glyphs.ok : missing ? glyphs.warning : glyphs.failed} `, style },
      { text: `${action} `, style: 'dim' },
      { text: nameOf(state, revision), style: 'strong' },
    ],
    ...indented(effectLines(effects)),
    ...(failure
      ? indented(failureLines(failure, columns - 4))
      : effects.length === 0
        ? [line('    no change of the schema', 'dim')]
        : []),
    ...returnLines(`${back}()`, 'restores the schema', undone, columns),
    ...returnLines(`${action}() again`, 'gives the same schema', redone, columns),
  ];
}

function returnLines(
  what: string,
  same: string,
  { outcome, differences, failure }: ReturnTrip,
  columns: number,
): Line[] {
  switch (outcome) {
    case 'same':
      return [line(`    ${what} ${same}`, 'dim')];
    case 'none':
      return [line(`    there is no ${what}: it cannot be undone`, 'warning')];
    case 'untried':
      return [];
    case 'failed':
      return [
        line(`    ${what} fails:`, 'danger'),
        ...(failure ? indented(failureLines(failure, columns - 6), '      ') : []),
      ];
    case 'differs':
      return [
        line(`    after ${what} the schema differs:`, 'danger'),
        ...indented(effectLines(differences), '      '),
      ];
  }
}

const indented = (lines: readonly Line[], by = '    '): Line[] =>
  lines.map((one): Line => [{ text: by }, ...one]);

export const rehearsalType: DialogType<RehearsalDialog> = {
  kind: 'rehearsal',
  scopes: () => ['rehearsal', 'scrolling'],
  title: () => 'Rehearsal',
  tone(_dialog, state) {
    const loaded = rehearsalIn(state);
    if (loaded?.is !== 'ready') return undefined;
    return loaded.value.ok ? 'ok' : 'danger';
  },
  width: () => 100,
  head(_dialog, state) {
    const loaded = rehearsalIn(state);
    return loaded?.is === 'ready' ? [rehearsalResult(loaded.value), []] : [];
  },
  body(_dialog, state, columns) {
    const loaded = rehearsalIn(state);
    if (loaded?.is === 'failed') return failureLines(loaded.failure, columns);
    if (loaded?.is !== 'ready')
      return [
        line(
          state.task
            ? `${state.task.text} ${state.task.done}/${state.task.total}`
            : 'running it up, down and up again on the shadow database …',
          'dim',
        ),
      ];
    const { steps, untried, caveats } = loaded.value;
    return [
      ...steps.flatMap(step => [...stepLines(step, state, columns), []]),
      ...untried.map(id => line(`– ${nameOf(state, id)}  not tried`, 'dim')),
      ...caveats.flatMap(caveat => wrap(caveat, columns).map(text => line(text, 'dim'))),
    ];
  },
  /** It shows the rehearsal of the plan below it. */
  isValid: (_dialog, state) => rehearsalIn(state) !== null,
};
