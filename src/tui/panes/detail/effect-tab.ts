import { effectLines } from '../../../drawing/text/effects.ts';
import { line } from '../../../drawing/text/span.ts';
import { contentOf, type DetailTab } from './tab.ts';
import { whenLoaded } from './waiting.ts';

/** The schema changes of the revision, from replaying it on the shadow. */
export const effectTab: DetailTab = {
  id: 'effect',
  title: () => 'Effect',
  missing: (state, revision) => (state.effects.has(revision) ? null : { call: 'effect', args: [revision] }),
  content: (state, revision, columns) =>
    whenLoaded(
      state.effects.get(revision),
      columns,
      effects => contentOf(effects.length === 0 ? [line('no schema changes', 'dim')] : effectLines(effects)),
      state.task
        ? `${state.task.text} ${state.task.done}/${state.task.total}`
        : 'replaying on the shadow database',
    ),
};
