import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { type Line, textOf } from '../../drawing/text/span.ts';
import { sanitise } from '../../foundation/sanitise.ts';
import { footerCommands } from '../app/lookup.ts';
import { typeOf } from '../app/registry.ts';
import { placeDialog } from '../dialogs/place.ts';
import { keyName } from '../keymap/keys.ts';
import { detailContent } from '../panes/detail/scrolling.ts';
import type { State } from '../state/model.ts';
import { lengthOf, nameOf, revisionAt, selectedRow, visibleLines } from '../state/select.ts';
import { topDialog } from '../state/stack.ts';
import { unknownIn } from '../state/why-not.ts';

/** The screen for a screen reader: the important information line by line, without frames or columns. */
export function Linear({ state }: { readonly state: State }): ReactNode {
  return (
    <Box flexDirection="column">
      <Text>
        {linearLines(state)
          .map(text => sanitise(text))
          .join('\n')}
      </Text>
    </Box>
  );
}

/** Number of rows read around the cursor. */
const around = 5;

function linearLines(state: State): string[] {
  const { overview } = state;
  const dialog = topDialog(state);
  const lines = [
    overview
      ? `${overview.project.name} on ${overview.database.label}, ${overview.database.state}. ${unknownIn(overview) ? 'Applied revisions unknown' : `${overview.applied} applied, ${overview.pending.length} pending`}, ${overview.heads.length} heads.`
      : state.overviewFailure
        ? state.overviewFailure.message
        : 'migtui is opening the project.',
    ...(overview && overview.project.context !== 'default' ? [`Context ${overview.project.context}.`] : []),
    ...(overview && overview.project.schema !== null ? [`Schema ${overview.project.schema}.`] : []),
    ...(overview?.project.protected ? ['Protected.'] : []),
    ...(overview?.project.readOnly ? ['Read-only.'] : []),
    ...(state.link.is === 'lost' ? ['The engine stopped. Press r to restart it.'] : []),
    ...(dialog ? dialogLines(state) : paneLines(state)),
    ...(state.filter === '' ? [] : [`Filter: ${state.filter}, ${lengthOf(state, 'history')} shown.`]),
    ...(state.search ? [`Search: ${state.search.field.text}`] : []),
    ...(state.notice ? [state.notice.text] : []),
    `Keys: ${footerCommands(state)
      .map(({ key, command }) => `${keyName(key)} ${command.title}`)
      .join(', ')}`,
  ];
  return lines.filter(text => text !== '');
}

function dialogLines(state: State): string[] {
  const dialog = topDialog(state);
  if (!dialog) return [];
  const { title, head, body, foot, selected } = placeDialog(state, dialog, typeOf(dialog));
  const text = (line: Line, index: number): string =>
    `${index === selected ? 'selected: ' : ''}${textOf(line).trim()}`;
  return [
    `${title}.`,
    ...head.map(line => textOf(line).trim()),
    ...body.map(text),
    ...foot.map(line => textOf(line).trim()),
  ];
}

function paneLines(state: State): string[] {
  const pane = state.focus;
  if (pane === 'detail') {
    const row = selectedRow(state);
    const content = detailContent(state);
    const from = state.detailScroll.top;
    const to = Math.min(content.length, from + visibleLines(state, 'detail'));
    return [
      `Detail of ${row ? nameOf(state, row.id) : 'nothing'}, ${state.tab}.`,
      ...Array.from({ length: Math.max(0, to - from) }, (_, index) => textOf(content.line(from + index))),
    ];
  }
  const { cursor } = state.positions[pane];
  const count = lengthOf(state, pane);
  const rows: string[] = [];
  for (let row = Math.max(0, cursor - around); row < Math.min(count, cursor + around + 1); row++) {
    const id = pane === 'log' ? null : revisionAt(state, pane, row);
    const found = id === null ? null : state.overview?.revisions.find(one => one.id === id);
    const rowText =
      pane === 'log'
        ? (state.log[row]?.text ?? '')
        : id === null
          ? ''
          : `${nameOf(state, id)}, ${found?.state ?? ''}${found && found.marks.length > 0 ? `, ${found.marks.join(', ')}` : ''}`;
    rows.push(`${row === cursor ? 'selected: ' : ''}${rowText}`);
  }
  return [`${pane}, ${count === 0 ? 'empty' : `${cursor + 1} of ${count}`}.`, ...rows];
}
