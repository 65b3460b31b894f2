import { Box, Text } from 'ink';
import { memo, type ReactNode } from 'react';
import type { Line } from '../../drawing/text/span.ts';
import { cutLine, widthOf } from '../../drawing/text/width.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { paint } from '../../drawing/theme/paint.ts';
import type { Style } from '../../drawing/theme/style.ts';
import type { Theme } from '../../drawing/theme/theme.ts';
import type { Rect } from '../state/layout.ts';

export interface FrameProps {
  readonly rect: Rect;
  readonly title: Line;
  /** At the right end of the upper border. */
  readonly right?: Line;
  readonly focused: boolean;
  readonly border?: Style;
  readonly theme: Theme;
  readonly ascii: boolean;
  /** The position of the scroll bar's thumb; null: everything is visible. */
  readonly scroll?: Scrolled | null;
  /** Drawn lines, no wider than the inside. */
  readonly lines: readonly string[];
  /** Covers what is below, for dialogs. */
  readonly opaque?: boolean;
}

export interface Scrolled {
  readonly top: number;
  readonly visible: number;
  readonly count: number;
}

/** A box with a title in its border. Border and text are separate, so that most measured text is ASCII. */
export function Frame({
  rect,
  title,
  right = [],
  focused,
  border,
  theme,
  ascii,
  scroll = null,
  lines,
  opaque = false,
}: FrameProps): ReactNode {
  const { x, y, width, height } = rect;
  const style = border ?? (focused ? 'focus' : 'border');
  if (height < 1) return null;
  const inside = height - 2;
  return (
    <>
      {opaque && height > 2 && (
        <At
          x={x + 1}
          y={y + 1}
          text={Array.from({ length: inside }, () => ' '.repeat(width - 2)).join('\n')}
        />
      )}
      <At
        x={x}
        y={y}
        text={paint(upperBorder(title, right, width, style, ascii, focused), width, theme, { ascii })}
      />
      {height > 2 && (
        <>
          <At x={x} y={y + 1} text={edge(inside, style, theme, ascii, null)} />
          <At x={x + width - 1} y={y + 1} text={edge(inside, style, theme, ascii, scroll)} />
          <Lines x={x + 2} y={y + 1} lines={lines.slice(0, inside)} />
        </>
      )}
      {height > 1 && (
        <At
          x={x}
          y={y + height - 1}
          text={paint(lowerBorder(width, style, ascii), width, theme, { ascii })}
        />
      )}
    </>
  );
}

interface AtProps {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Text at a cell, as one node. Most are the same in the next frame and are not redrawn. */
export const At = memo(function At({ x, y, text }: AtProps): ReactNode {
  if (text === '') return null;
  return (
    <Box position="absolute" marginLeft={x} marginTop={y} flexShrink={0}>
      <Text wrap="truncate">{text}</Text>
    </Box>
  );
});

const OneLine = memo(function OneLine({ text }: { readonly text: string }): ReactNode {
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>;
});

/**
 * Lines starting at a cell, each as its own text: Ink measures and tokenizes every text that has changed, and most
 * lines have not. The key of a line is its text, so that scrolling moves lines instead of changing them.
 */
function Lines({
  x,
  y,
  lines,
}: {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
}): ReactNode {
  if (lines.length === 0) return null;
  const seen = new Map<string, number>();
  const rows = lines.map(text => {
    const times = seen.get(text) ?? 0;
    seen.set(text, times + 1);
    return { text, key: `${times}${text}` };
  });
  return (
    <Box position="absolute" marginLeft={x} marginTop={y} flexDirection="column" flexShrink={0}>
      {rows.map(({ text, key }) => (
        <OneLine key={key} text={text} />
      ))}
    </Box>
  );
}

function upperBorder(
  title: Line,
  right: Line,
  width: number,
  style: Style,
  ascii: boolean,
  focused: boolean,
): Line {
  const { corner, horizontal } = glyphsOf(ascii);
  const rightText = right.map(one => one.text).join('');
  const rightWidth = rightText === '' ? 0 : widthOf(rightText) + 3;
  const available = Math.max(0, width - 6 - rightWidth);
  const titleSpans = cutLine(title, available);
  const used = titleSpans.reduce((sum, one) => sum + widthOf(one.text), 0);
  const fill = Math.max(0, width - 5 - used - rightWidth);
  return [
    { text: `${corner.topLeft}${horizontal} `, style },
    ...titleSpans.map(one => ({ ...one, style: one.style ?? (focused ? ('title' as const) : undefined) })),
    { text: ` ${horizontal.repeat(fill)}`, style },
    ...(rightText === '' ? [] : [{ text: ' ', style }, ...right, { text: ` ${horizontal}`, style }]),
    { text: corner.topRight, style },
  ];
}

function lowerBorder(width: number, style: Style, ascii: boolean): Line {
  const { corner, horizontal } = glyphsOf(ascii);
  return [
    { text: corner.bottomLeft + horizontal.repeat(Math.max(0, width - 2)) + corner.bottomRight, style },
  ];
}

/** A vertical border, thicker at the scroll bar's thumb. */
function edge(height: number, style: Style, theme: Theme, ascii: boolean, scroll: Scrolled | null): string {
  const { vertical, thumb } = glyphsOf(ascii);
  if (height <= 0) return '';
  const plain = paint([{ text: vertical, style }], 1, theme, { ascii });
  if (!scroll || scroll.count <= scroll.visible)
    return Array.from({ length: height }, () => plain).join('\n');
  const size = Math.max(1, Math.round((height * scroll.visible) / scroll.count));
  const from = Math.round(((height - size) * scroll.top) / Math.max(1, scroll.count - scroll.visible));
  const thick = paint([{ text: thumb, style: 'focus' }], 1, theme, { ascii });
  return Array.from({ length: height }, (_, row) => (row >= from && row < from + size ? thick : plain)).join(
    '\n',
  );
}
