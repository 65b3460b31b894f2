import type { ReactNode } from 'react';
import type { Line, Span } from '../../drawing/text/span.ts';
import { textOf } from '../../drawing/text/span.ts';
import { clock } from '../../drawing/text/time.ts';
import { cutMiddle, widthOf } from '../../drawing/text/width.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { paint } from '../../drawing/theme/paint.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import { At } from '../panes/frame.tsx';
import { spinner } from '../panes/spinner.ts';
import { fleetRuns } from '../state/fleet.ts';
import type { State } from '../state/model.ts';
import { isRunning } from '../state/run.ts';
import { unknownIn } from '../state/why-not.ts';

/** One line: the database and its state. */
export function Header({ state }: { readonly state: State }): ReactNode {
  const { columns } = state.size;
  const { left, right } = headerLines(state, columns);
  const theme = themeOf(state.appearance.theme, state.appearance.depth);
  const { ascii } = state.appearance;
  const rightWidth = widthOf(textOf(right));
  return (
    <>
      <At x={0} y={0} text={paint(left, columns, theme, { ascii })} />
      {rightWidth > 0 && (
        <At x={columns - rightWidth - 1} y={0} text={paint(right, rightWidth, theme, { ascii })} />
      )}
    </>
  );
}

/** A part of the header. */
interface Part {
  readonly spans: Line;
  /**
   * If there is not enough space, the parts with the lowest weight are dropped first; `must` is never
   * dropped, but may be truncated.
   */
  readonly weight: number;
  /** Text that is truncated in the middle if necessary. */
  readonly cut?: boolean;
}

const must = Number.POSITIVE_INFINITY;
/** Columns between two parts on the right. */
const gap = 3;
/** Minimum width of a name. */
const leastName = 8;

/** Both sides of the header for a width: database, schema and context are always shown. */
export function headerLines(state: State, columns: number): { readonly left: Line; readonly right: Line } {
  let left = identity(state);
  let right = statusParts(state);
  const width = (): number => {
    const sides = widthOf(textOf(joined(left, state))) + rightWidth(right);
    return 1 + sides + (right.length > 0 ? gap + 1 : 1);
  };
  const weights = [...left, ...right].map(part => part.weight).sort((a, b) => a - b);
  for (const weight of weights) {
    if (weight === must || width() <= columns) break;
    left = left.filter(part => part.weight > weight);
    right = right.filter(part => part.weight > weight);
  }
  // The longest name is shortened first.
  for (let over = width() - columns; over > 0; over = width() - columns) {
    const longest = left
      .filter(part => part.cut && widthOf(textOf(part.spans)) > leastName)
      .sort((a, b) => widthOf(textOf(b.spans)) - widthOf(textOf(a.spans)))[0];
    if (!longest) break;
    left = left.map(part => (part === longest ? shortened(part, over, state) : part));
  }
  return {
    left: [{ text: ' ' }, ...joined(left, state)],
    right: right.flatMap((part, index) =>
      index === 0 ? part.spans : [{ text: ' '.repeat(gap) }, ...part.spans],
    ),
  };
}

const rightWidth = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + widthOf(textOf(part.spans)), 0) + gap * Math.max(0, parts.length - 1);

/** A third of the excess, or all of it if it is small, so that several long names are shortened evenly. */
function shortened(part: Part, over: number, state: State): Part {
  const text = textOf(part.spans);
  const columns = Math.max(leastName, widthOf(text) - Math.max(1, Math.min(over, Math.ceil(over / 3))));
  const cut = cutMiddle(text, columns, glyphsOf(state.appearance.ascii).ellipsis);
  return { ...part, spans: [{ text: cut, style: part.spans[0]?.style }] };
}

/** Badges stand alone; names are separated by a dot. */
function joined(parts: readonly Part[], state: State): Line {
  const dot: Span = { text: ` ${glyphsOf(state.appearance.ascii).separator} `, style: 'border' };
  return parts.flatMap((part, index) => {
    if (index === 0) return part.spans;
    const named = part.cut && part.spans[0]?.style !== 'badge';
    const afterName = parts[index - 1]?.cut;
    return [named && afterName ? dot : { text: ' ' }, ...part.spans];
  });
}

/** The project and database, and what makes them unusual. */
function identity({ overview }: State): readonly Part[] {
  const title: Part = { spans: [{ text: 'migtui ', style: 'title' }], weight: 2 };
  if (!overview) return [title];
  const { project, database } = overview;
  const badge = (text: string, style: 'alarm' | 'badge'): Part => ({
    spans: [{ text, style }],
    weight: must,
  });
  const name = (text: string, style: Span['style'], weight = must): Part => ({
    spans: [{ text, style }],
    weight,
    cut: true,
  });
  const reached = database.state === 'connected' || database.state === 'missing';
  const hasContexts = project.contexts.length > 1 || project.context !== 'default';
  return [
    title,
    ...(project.protected ? [badge(' PROTECTED ', 'alarm')] : []),
    ...(project.readOnly || database.readOnly ? [badge(' READ-ONLY ', 'badge')] : []),
    name(project.name, 'strong', 3),
    name(database.label, reached ? 'accent' : 'danger'),
    ...(hasContexts ? [name(project.context, 'edited')] : []),
    ...(project.schema === null && database.schemas.length > 1
      ? [name(`schema ${project.defaultSchema}`, 'edited')]
      : []),
    ...(project.schema === null ? [] : [{ ...badge(` SCHEMA ${project.schema} `, 'badge'), cut: true }]),
  ];
}

/** Their state, and the current activity. */
function statusParts(state: State): readonly Part[] {
  const { overview, appearance } = state;
  const glyphs = glyphsOf(appearance.ascii);
  const parts: Part[] = [];
  const add = (weight: number, text: string, style: Span['style']): void => {
    parts.push({ spans: [{ text, style }], weight });
  };
  if (state.link.is === 'lost') add(must, ' ENGINE STOPPED ', 'alarm');
  if (state.waiting) add(13, state.waiting.text, 'warning');
  if (isRunning(state.run)) {
    const done = state.run.steps.filter(step => step.status === 'done').length;
    const { command } = state.run.preview.request;
    add(must, `${spinner(state)} ${command} ${done}/${state.run.steps.length}`, 'focus');
  }
  const { fleet } = state;
  if (fleet && fleetRuns(fleet)) {
    const done = fleet.arrived.length + fleet.there + fleet.failed;
    add(must, `${spinner(state)} fleet ${done}/${fleet.total}${fleet.paused ? ' paused' : ''}`, 'focus');
  }
  if (!overview) {
    if (!state.overviewFailure && state.link.is !== 'lost') add(must, `${spinner(state)} opening`, 'dim');
    return parts;
  }
  const { database } = overview;
  const many = (count: number, word: string, weight: number, style: Span['style']): void => {
    if (count > 0) add(weight, `${count} ${word}`, style);
  };
  if (database.state === 'missing') add(10, 'no database yet', 'warning');
  else if (database.state !== 'connected') add(must, ` ${database.state.toUpperCase()} `, 'alarm');
  many(overview.problems.length, overview.problems.length === 1 ? 'problem' : 'problems', 11, 'danger');
  many(overview.unsettled.length, 'interrupted', 12, 'danger');
  many(overview.missing.length, 'missing', 6, 'missing');
  many(overview.edited.length, 'edited', 5, 'edited');
  many(state.findings ?? 0, state.findings === 1 ? 'finding' : 'findings', 7, 'warning');
  if (overview.heads.length > 1) add(9, `${overview.heads.length} heads ${glyphs.warning}`, 'warning');
  if (database.state === 'connected' && !unknownIn(overview)) {
    if (overview.pending.length > 0) add(8, `${overview.pending.length} pending`, 'pending');
    else add(4, `up to date ${glyphs.ok}`, 'ok');
  }
  add(1, `${state.overviewTicket === null ? glyphs.refresh : spinner(state)} ${clock(overview.at)}`, 'dim');
  return parts;
}
