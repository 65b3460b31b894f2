import type { ReactNode } from 'react';
import { type Line, type Span, textOf } from '../../drawing/text/span.ts';
import { clock } from '../../drawing/text/time.ts';
import { widthOf } from '../../drawing/text/width.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { paint } from '../../drawing/theme/paint.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import { At } from '../panes/frame.tsx';
import { spinner } from '../panes/spinner.ts';
import type { State } from '../state/model.ts';
import { isRunning } from '../state/run.ts';

/** One line: which project and database, and how they stand. */
export function Header({ state }: { readonly state: State }): ReactNode {
  const { columns } = state.size;
  const right = standing(state);
  const rightWidth = widthOf(textOf(right));
  const theme = themeOf(state.appearance.theme, state.appearance.depth);
  const { ascii } = state.appearance;
  const options = { ascii, ellipsis: glyphsOf(ascii).ellipsis };
  // what must not be overlooked keeps its room; the clock goes first
  const least = Math.min(Math.floor(columns * 0.75), widthOf(textOf(badges(state))));
  const room = Math.max(10, least, columns - rightWidth - 3);
  return (
    <>
      <At x={0} y={0} text={paint(identity(state), room, theme, options)} />
      <At
        x={Math.max(room + 1, columns - rightWidth - 1)}
        y={0}
        text={paint(right, Math.max(0, columns - room - 1), theme, options)}
      />
    </>
  );
}

/** Who is speaking, and what makes this project or database another than one might think. */
function badges({ look }: State): Line {
  if (!look) return [];
  const { project, database } = look;
  return [
    { text: ' migtui  ', style: 'title' },
    ...(project.protected ? [{ text: ' PROTECTED ', style: 'alarm' as const }, { text: ' ' }] : []),
    ...(project.readOnly || database.readOnly
      ? [{ text: ' READ-ONLY ', style: 'badge' as const }, { text: ' ' }]
      : []),
    ...(project.schema === null
      ? []
      : [{ text: ` SCHEMA ${project.schema} `, style: 'badge' as const }, { text: ' ' }]),
  ];
}

function identity(state: State): Line {
  const { look } = state;
  const dot: Span = { text: ` ${glyphsOf(state.appearance.ascii).separator} `, style: 'border' };
  if (!look) return [{ text: ' migtui', style: 'title' }];
  const { project, database } = look;
  return [
    ...badges(state),
    { text: project.name, style: 'strong' },
    dot,
    {
      text: database.label,
      style: database.state === 'connected' || database.state === 'missing' ? 'accent' : 'danger',
    },
    ...(project.contexts.length > 1 || project.context !== 'default'
      ? [dot, { text: project.context, style: 'edited' as const }]
      : []),
    ...(project.schema === null && database.schemas.length > 1
      ? [dot, { text: `schema ${project.defaultSchema}`, style: 'edited' as const }]
      : []),
  ];
}

function standing(state: State): Line {
  const { look, appearance } = state;
  const glyphs = glyphsOf(appearance.ascii);
  const parts: Span[][] = [];
  if (state.link.is === 'lost') parts.push([{ text: ' ENGINE ENDED ', style: 'alarm' }]);
  if (isRunning(state.run)) {
    const done = state.run.steps.filter(step => step.status === 'done').length;
    parts.push([
      {
        text: `${spinner(state)} ${state.run.preview.request.command} ${done}/${state.run.steps.length}`,
        style: 'focus',
      },
    ]);
  }
  if (look) {
    const { database } = look;
    if (database.state === 'missing') parts.push([{ text: 'no database yet', style: 'warning' }]);
    else if (database.state !== 'connected') {
      parts.push([{ text: ` ${database.state.toUpperCase()} `, style: 'alarm' }]);
    }
    if (look.problems.length > 0)
      parts.push([
        { text: `${look.problems.length} problem${look.problems.length === 1 ? '' : 's'}`, style: 'danger' },
      ]);
    if (look.unsettled.length > 0)
      parts.push([{ text: `${look.unsettled.length} unsettled`, style: 'danger' }]);
    if (look.missing.length > 0) parts.push([{ text: `${look.missing.length} missing`, style: 'missing' }]);
    if (look.edited.length > 0) parts.push([{ text: `${look.edited.length} edited`, style: 'edited' }]);
    if (look.heads.length > 1)
      parts.push([{ text: `${look.heads.length} heads ${glyphs.warning}`, style: 'warning' }]);
    if (database.state === 'connected') {
      parts.push([
        look.pending.length > 0
          ? { text: `${look.pending.length} pending`, style: 'pending' }
          : { text: `up to date ${glyphs.ok}`, style: 'ok' },
      ]);
    }
    parts.push([
      { text: `${state.looking === null ? glyphs.refresh : spinner(state)} ${clock(look.at)}`, style: 'dim' },
    ]);
  } else if (!state.lookFailure && state.link.is !== 'lost') {
    parts.push([{ text: `${spinner(state)} opening`, style: 'dim' }]);
  }
  return parts.flatMap((part, index) => (index === 0 ? part : [{ text: '   ' }, ...part]));
}
