import { emptyField, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { Overview } from '../../engine/api.ts';
import { type Change, only } from '../state/effect.ts';
import { reopen } from '../state/link.ts';
import type { Dialog, State } from '../state/model.ts';
import { close, replaceTop } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import type { DialogType } from './dialog.ts';
import { fieldSpans } from './field-line.ts';

/** The schema in which migrations run: one that has a migrations table, or a new name. */
export interface SchemaDialog extends Dialog {
  readonly kind: 'schema';
  readonly field: TextField;
  readonly cursor: number;
}

/** A schema that can be selected. */
interface Choice {
  readonly label: string;
  readonly about: string;
  /** Undefined: the config's. */
  readonly schema: string | undefined;
}

export function schemaDialog(state: State, overview: Overview, openedBy: string): SchemaDialog {
  const now = known(overview, state).findIndex(({ schema }) => schema === schemaNow(state));
  return { kind: 'schema', field: emptyField, cursor: Math.max(0, now), top: 0, openedBy };
}

/** The open schema; undefined: the config's; null: none. */
const schemaNow = ({ overview }: State): string | undefined | null =>
  overview ? (overview.project.schema ?? undefined) : null;

function known({ project, database }: Overview, state: State): Choice[] {
  const now = (schema: string | undefined): string => (schema === schemaNow(state) ? ', current' : '');
  const others = new Set(database.schemas.filter(name => name !== project.defaultSchema));
  if (project.schema !== null) others.add(project.schema);
  return [
    { label: project.defaultSchema, about: `from the config${now(undefined)}`, schema: undefined },
    ...[...others].map((name): Choice => {
      const table = database.schemas.includes(name) ? 'has a migrations table' : untouched;
      return { label: name, about: `${table}${now(name)}`, schema: name };
    }),
  ];
}

const explained =
  'Migrations run with this schema as search_path, and are recorded in its own migrations table.';
const untouched = 'no migrations table yet: the first run creates it';

/** Suggestions: the known schemas that contain the text, and the text itself. */
function schemaChoices({ field }: SchemaDialog, state: State): readonly Choice[] {
  if (!state.known) return [];
  const typed = field.text.trim();
  const all = known(state.known, state);
  const fitting = all.filter(({ label }) => label.toLowerCase().includes(typed.toLowerCase()));
  return typed === '' || all.some(({ label }) => label === typed)
    ? fitting
    : [...fitting, { label: typed, about: untouched, schema: typed }];
}

/** Reopens the project with the selected schema. */
function chooseSchema(state: State, dialog: SchemaDialog, index: number): Change {
  const choice = schemaChoices(dialog, state)[index];
  if (!choice) return only(state);
  const { schema } = choice;
  const closed = close(state);
  return schema === schemaNow(state) ? only(closed) : reopen(closed, { schema });
}

const commands = inDialogs([
  {
    id: 'choose-schema',
    keys: ['enter'],
    where: ['schema'],
    title: 'open it',
    about: 'reopen the project with the schema under the cursor',
    footer: 1,
    run: on<SchemaDialog>('schema', (state, dialog) => chooseSchema(state, dialog, dialog.cursor)),
  },
]);

export const schemaType: DialogType<SchemaDialog> = {
  kind: 'schema',
  commands,
  scopes: () => ['schema', 'choosing'],
  title: () => 'Schema for migrations',
  width: () => 76,
  head: dialog => [[{ text: 'name ', style: 'dim' }, ...fieldSpans(dialog.field)], []],
  body(dialog, state): Line[] {
    return schemaChoices(dialog, state).map(({ label, about }) => [
      { text: label, style: 'accent' },
      { text: `  ${about}`, style: 'dim' },
    ]);
  },
  foot: (_dialog, _state, columns) => [[], ...wrap(explained, columns).map(text => line(text, 'dim'))],
  selected: dialog => dialog.cursor,
  choices: (dialog, state) => schemaChoices(dialog, state).length,
  field: dialog => dialog.field,
  typed(dialog, field, state) {
    const typed = { ...dialog, field };
    const name = field.text.trim();
    const exact = state.known !== null && known(state.known, state).some(({ label }) => label === name);
    const cursor = exact ? schemaChoices(typed, state).findIndex(({ label }) => label === name) : 0;
    return only(replaceTop(state, { ...typed, cursor }));
  },
  clicked: (dialog, at, state) => chooseSchema(state, dialog, at),
};
