import { type ThemeName, themeNames } from '../../drawing/theme/theme.ts';
import { openFleet } from '../dialogs/fleet/board.ts';
import { askFleetCancel } from '../dialogs/fleet/cancel.ts';
import { helpDialog } from '../dialogs/help.ts';
import { menu } from '../dialogs/menu.ts';
import { paletteDialog } from '../dialogs/palette.ts';
import { askCancel } from '../dialogs/run/cancel.ts';
import { schemaDialog } from '../dialogs/schema.ts';
import type { Command } from '../keymap/command.ts';
import { type Change, only } from '../state/effect.ts';
import { fleetRuns } from '../state/fleet.ts';
import { reopen } from '../state/link.ts';
import type { State } from '../state/model.ts';
import { isRunning } from '../state/run.ts';
import { contextsOf } from '../state/select.ts';
import { notify, open } from '../state/stack.ts';

/** Quits at once. */
export const quit = (state: State): Change => [{ ...state, quitting: true }, [{ type: 'quit' }]];

/** Quitting during a run asks first. */
const leave = (state: State, key: string): Change => {
  if (isRunning(state.run)) return askCancel(state, key);
  return fleetRuns(state.fleet) ? askFleetCancel(state, key) : quit(state);
};

function contexts(state: State, key: string): Change {
  const names = contextsOf(state);
  if (names.length === 0) return only(state);
  const now = state.overview?.project.context;
  const items = names.map(context => ({
    label: context,
    about: context === now ? 'current' : '',
    // The schemas of one database do not apply to another.
    choose: (next: State): Change =>
      context === now && next.target === null ? only(next) : reopen(next, { context, schema: undefined }),
  }));
  const cursor = Math.max(0, names.indexOf(now ?? state.known?.project.context ?? ''));
  return only(open(state, menu({ title: 'Context', openedBy: key, cursor, items })));
}

const schemas = (state: State, key: string): Change =>
  only(state.known ? open(state, schemaDialog(state, state.known, key)) : state);

function themes(state: State, key: string): Change {
  const use =
    (theme: ThemeName) =>
    (next: State): Change =>
      only({ ...next, appearance: { ...next.appearance, theme } });
  return only(
    open(
      state,
      menu({
        title: 'Theme',
        openedBy: key,
        cursor: themeNames.indexOf(state.appearance.theme),
        items: themeNames.map(name => ({
          label: name,
          about: name === 'none' ? 'no colours' : '',
          choose: use(name),
        })),
      }),
    ),
  );
}

export const appCommands: readonly Command[] = [
  {
    id: 'help',
    keys: ['?'],
    where: ['panes'],
    title: 'help',
    about: 'show every key and what it does',
    group: 'App',
    footer: 90,
    run: (state, key) => only(open(state, helpDialog(state, key))),
  },
  {
    id: 'palette',
    keys: [':'],
    where: ['panes'],
    title: 'commands',
    about: 'run a command, or go to a revision, by name',
    group: 'App',
    keyOnly: true,
    run: (state, key) => only(open(state, paletteDialog(key))),
  },
  {
    id: 'context',
    keys: ['C'],
    where: ['panes'],
    title: 'context',
    about: 'switch to another context of the config',
    group: 'App',
    disabled: state => {
      if (isRunning(state.run)) return 'a run is in progress';
      if (state.known && state.target === null)
        return contextsOf(state).length < 2 ? 'the config has only one context' : null;
      return contextsOf(state).length === 0 ? 'the project is not open yet' : null;
    },
    run: contexts,
  },
  {
    id: 'schema',
    keys: ['S'],
    where: ['panes'],
    title: 'schema',
    about: 'switch to another schema, which has its own migrations table',
    group: 'App',
    disabled: state => {
      if (!state.known) return 'the project is not open yet';
      if (state.target !== null) return `the target ${state.target} of the fleet is open`;
      return isRunning(state.run) ? 'a run is in progress' : null;
    },
    run: schemas,
  },
  {
    id: 'fleet',
    keys: ['F'],
    where: ['panes'],
    title: 'fleet',
    about: 'show and change every schema, database or context of the fleet',
    group: 'App',
    footer: 0,
    hidden: state => state.target === null,
    disabled: state => {
      if (!state.known) return 'the project is not open yet';
      return isRunning(state.run) ? 'a run is in progress' : null;
    },
    run: openFleet,
  },
  {
    id: 'theme',
    keys: ['T'],
    where: ['panes'],
    title: 'theme',
    about: 'choose the colours',
    group: 'App',
    run: themes,
  },
  {
    id: 'mouse',
    keys: ['M'],
    where: ['panes'],
    title: 'mouse',
    about: 'turn mouse capture off (to select text) or on',
    group: 'App',
    run: state => [
      notify({ ...state, mouse: !state.mouse }, state.mouse ? 'Mouse capture off' : 'Mouse capture on'),
      [{ type: 'mouse', on: !state.mouse }],
    ],
  },
  {
    id: 'quit',
    keys: ['q'],
    where: ['panes'],
    title: 'quit',
    about: 'quit migtui',
    group: 'App',
    footer: 91,
    run: leave,
  },
  {
    id: 'interrupt',
    keys: ['ctrl+c'],
    where: ['always'],
    title: 'cancel or quit',
    about: 'cancel the run, close the dialog, or quit',
    group: 'App',
    keyOnly: true,
    run: leave,
  },
  {
    id: 'redraw',
    keys: ['ctrl+l'],
    where: ['always'],
    title: 'redraw',
    about: 'redraw the screen',
    group: 'App',
    keyOnly: true,
    run: state => [state, [{ type: 'redraw' }]],
  },
  {
    id: 'suspend',
    keys: ['ctrl+z'],
    where: ['always'],
    title: 'suspend',
    about: 'suspend to the shell; fg returns',
    group: 'App',
    keyOnly: true,
    run: state => [state, [{ type: 'suspend' }]],
  },
];
