import { journalLines } from '../../../drawing/text/journal.ts';
import { line } from '../../../drawing/text/span.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import { contentOf, type DetailTab } from './tab.ts';
import { whenLoaded } from './waiting.ts';

export const journalTab: DetailTab = {
  id: 'journal',
  title: () => 'Journal',
  missing: state =>
    state.journal === null && state.overview?.database.state === 'connected'
      ? { call: 'journal', args: [] }
      : null,
  content: (state, revision, columns) => {
    const status = state.overview?.journal;
    if (status?.state === 'off') {
      const why = ['The journal is off.', status.hint ?? ''].join(' ').trim();
      return contentOf(wrap(why, columns).map(text => line(text, 'dim')));
    }
    return whenLoaded(state.journal, columns, entries => {
      const own = entries.filter(entry => entry.revision === revision);
      return contentOf(
        own.length === 0 ? [line('no runs recorded', 'dim')] : journalLines(own, state, columns),
      );
    });
  },
};
