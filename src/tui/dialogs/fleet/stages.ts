import { failureLines } from '../../../drawing/text/failure.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import { padTo, widthOf } from '../../../drawing/text/width.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import { glyphsOf } from '../../../drawing/theme/glyphs.ts';
import type { FleetStages } from '../../../engine/api.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { logged } from '../../state/log.ts';
import { loadedOf } from '../../state/message.ts';
import type { Dialog, Loaded, State } from '../../state/model.ts';
import { open, replace } from '../../state/stack.ts';
import type { DialogType } from '../dialog.ts';
import { named } from './lines.ts';

/** The contexts of the config side by side. */
export interface StagesDialog extends Dialog {
  readonly kind: 'stages';
  readonly loaded: Loaded<FleetStages>;
}

/** Opens it, and requests all contexts. */
export function openStages(state: State, openedBy: string): Change {
  const [asked, ticket, effect] = ask(state, { call: 'fleetStages', args: [] });
  const dialog: StagesDialog = { kind: 'stages', loaded: { is: 'loading', ticket }, top: 0, openedBy };
  return [logged(open(asked, dialog), 'command', 'migtui fleet stages'), [effect]];
}

/** Width of a column: a glyph and a date with time. */
const column = 20;

function rows({ contexts, revisions }: FleetStages, state: State, columns: number): Line[] {
  const glyphs = glyphsOf(state.appearance.ascii);
  const most = Math.max(12, columns - contexts.length * column);
  const width = Math.min(most, Math.max(0, ...revisions.map(({ revision }) => widthOf(named(revision)))) + 2);
  const cell = (text: string, size: number): string => padTo(text.slice(0, size - 1), size);
  return [
    [
      { text: padTo('', width) },
      ...contexts.map(({ name }) => ({ text: cell(name, column), style: 'strong' as const })),
    ],
    ...revisions.map(
      ({ revision, at }): Line => [
        { text: cell(named(revision), width), style: 'accent' },
        ...at.map(({ applied, at }) => {
          if (applied === null) return { text: cell('?', column), style: 'dim' as const };
          if (!applied) return { text: cell(glyphs.pending, column), style: 'warning' as const };
          const when = at === null ? '' : at.slice(0, 16).replace('T', ' ');
          return { text: cell(`${glyphs.applied} ${when}`, column), style: 'ok' as const };
        }),
      ],
    ),
    ...contexts.flatMap(({ name, failure }) =>
      failure ? [[], ...wrap(`${name}: ${failure.message}`, columns).map(text => line(text, 'danger'))] : [],
    ),
  ];
}

/** Which revision is applied in which context, and since when. */
export const stagesType: DialogType<StagesDialog> = {
  kind: 'stages',
  scopes: () => ['scrolling'],
  title: () => 'Stages',
  width: (_dialog, _state, { columns }) => columns - 4,
  body({ loaded }, state, columns): Line[] {
    if (loaded.is === 'loading') return [line('querying the databases …', 'dim')];
    return loaded.is === 'failed'
      ? failureLines(loaded.failure, columns)
      : rows(loaded.value, state, columns);
  },
  answered(dialog, { ticket, outcome }, state) {
    if (dialog.loaded.is !== 'loading' || dialog.loaded.ticket !== ticket) return null;
    return only(replace(state, dialog, { ...dialog, loaded: loadedOf<FleetStages>(outcome) }));
  },
};
