import { sourceLines } from '../../../drawing/text/source.ts';
import { line } from '../../../drawing/text/span.ts';
import { contentOf, type DetailTab } from './tab.ts';
import { detailOf, whenLoaded } from './waiting.ts';

export const sourceTab: DetailTab = {
  id: 'source',
  title: () => 'Source',
  missing: () => null,
  content: (state, revision, columns) =>
    whenLoaded(detailOf(state, revision), columns, detail => {
      if (detail.source === null) {
        const why = detail.row.state === 'missing' ? 'file not found' : 'no file: listed in migrationsList';
        return contentOf([line(why, 'dim')]);
      }
      const lines = sourceLines(detail.source);
      const digits = String(lines.length).length;
      return {
        length: lines.length,
        line: index => [
          { text: `${String(index + 1).padStart(digits)} `, style: 'border' },
          ...(lines[index] ?? []),
        ],
      };
    }),
  copy: (state, revision) => {
    const detail = detailOf(state, revision);
    return detail?.is === 'ready' ? detail.value.source : null;
  },
};
