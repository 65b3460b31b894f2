import { Box, render, useApp, useInput, useWindowSize } from 'ink';
import { type ReactNode, useState } from 'react';
import type { Line } from '../../drawing/text/span.ts';
import { widthOf } from '../../drawing/text/width.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { paint } from '../../drawing/theme/paint.ts';
import { depthFrom, themeFrom, unicodeFrom } from '../../drawing/theme/terminal.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import { At, Frame } from '../panes/frame.tsx';
import type { Appearance } from '../state/model.ts';
import { keysOf } from '../terminal/keys.ts';

/** A project that can be opened. */
export interface Choice {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Relative to the workspace's root. */
  readonly path: string;
}

export interface ChooseProjectProps {
  readonly projects: readonly Choice[];
  readonly appearance: Appearance;
  /** Receives the selected folder, or null. */
  readonly onChoose: (folder: string | null) => void;
}

/** Asks which project of a workspace to open: its folder, or null if the user cancels. */
export async function chooseProject({
  projects,
  env = process.env,
}: {
  readonly projects: readonly Choice[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}): Promise<string | null> {
  let chosen: string | null = null;
  const appearance: Appearance = {
    theme: themeFrom(env) ?? 'dark',
    depth: depthFrom(env),
    ascii: !unicodeFrom(env, process.platform),
  };
  const app = render(
    <ChooseProject
      projects={projects}
      appearance={appearance}
      onChoose={folder => {
        chosen = folder;
      }}
    />,
    { exitOnCtrlC: false, patchConsole: false, alternateScreen: true, interactive: true },
  );
  await app.waitUntilExit();
  return chosen;
}

/** The list itself, on the whole terminal. */
export function ChooseProject({ projects, appearance, onChoose }: ChooseProjectProps): ReactNode {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [cursor, setCursor] = useState(0);
  const last = projects.length - 1;
  const page = Math.max(1, rows - 4);
  const leave = (folder: string | null): void => {
    onChoose(folder);
    exit();
  };
  const move = (to: number): void => setCursor(Math.max(0, Math.min(last, to)));
  const press = (key: string, at: number): number => {
    if (key === 'enter') leave((projects[at] as Choice).folder);
    else if (['q', 'esc', 'ctrl+c', 'ctrl+d'].includes(key)) leave(null);
    else if (key === 'j' || key === 'down') return at + 1;
    else if (key === 'k' || key === 'up') return at - 1;
    else if (key === 'g' || key === 'home') return 0;
    else if (key === 'G' || key === 'end') return last;
    else if (key === 'pagedown') return at + page;
    else if (key === 'pageup') return at - page;
    return at;
  };
  useInput((input, key) => {
    let at = cursor;
    for (const name of keysOf(input, key)) at = Math.max(0, Math.min(last, press(name, at)));
    move(at);
  });

  const { ascii } = appearance;
  const theme = themeOf(appearance.theme, appearance.depth);
  const glyphs = glyphsOf(ascii);
  const nameWidth = Math.max(...projects.map(({ name }) => widthOf(name)));
  const width = Math.min(
    columns,
    Math.max(44, ...projects.map(({ path }) => nameWidth + widthOf(path) + 10)),
  );
  const visible = Math.max(1, Math.min(projects.length, rows - 3));
  const top = Math.max(0, Math.min(cursor - Math.floor(visible / 2), projects.length - visible));
  const lines = projects.slice(top, top + visible).map(({ name, path }, index): string => {
    const selected = top + index === cursor;
    const line: Line = [
      { text: selected ? `${glyphs.cursor} ` : '  ' },
      { text: name.padEnd(nameWidth) },
      { text: `  ${path}`, style: 'dim' },
    ];
    const over = selected ? theme.selected : undefined;
    return paint(line, width - 4, theme, { ascii, over, fill: selected, ellipsis: glyphs.ellipsis });
  });
  const keys: Line = [
    ...[
      ['Enter', 'open'],
      ['j/k', 'move'],
      ['q', 'quit'],
    ].flatMap(([key, about]): Line => [{ text: ` ${key}`, style: 'key' }, { text: ` ${about} ` }]),
    { text: ' The same without asking: migtui --project <name>', style: 'dim' },
  ];
  return (
    <Box width={columns} height={rows}>
      <Frame
        rect={{
          x: Math.max(0, Math.floor((columns - width) / 2)),
          y: Math.max(0, Math.floor((rows - 1 - visible - 2) / 2)),
          width,
          height: visible + 2,
        }}
        title={[{ text: 'Which project?', style: 'title' }]}
        right={projects.length > visible ? [{ text: `${cursor + 1}/${projects.length}`, style: 'dim' }] : []}
        focused
        theme={theme}
        ascii={ascii}
        scroll={{ top, visible, count: projects.length }}
        lines={lines}
      />
      <At x={0} y={rows - 1} text={paint(keys, columns, theme, { ascii, ellipsis: glyphs.ellipsis })} />
    </Box>
  );
}
