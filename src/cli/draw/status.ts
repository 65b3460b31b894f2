import type { Look, RevisionRow } from '../../engine/api.ts';
import { databaseFailure, rowsOf } from '../looking.ts';
import type { Paint } from '../shell/paint.ts';
import { drawProblem } from './failure.ts';
import { cellsOf, nameOf } from './rows.ts';
import { type Cell, count, indent, table } from './text.ts';

/** Pending revisions listed without -v. */
const fewPending = 8;

type Section = readonly [title: string, rows: readonly RevisionRow[], whenEmpty: string];

/** Where a database stands, for a person. */
export function drawStatus(look: Look, paint: Paint, now: number, verbose: boolean): string {
  const unknown = databaseFailure(look);
  const pending = rowsOf(look, look.pending);
  const shown = verbose ? pending : pending.slice(0, fewPending);
  const hidden = pending.length - shown.length;
  const heads: Section = ['Heads', rowsOf(look, look.heads), 'no revisions yet'];
  // at the heads, Current says all of it
  const atHeads = look.heads.length > 0 && look.heads.join() === look.current.join();
  const sections: Section[] = unknown
    ? [heads]
    : [
        ['Current', rowsOf(look, look.current), 'nothing applied'],
        ...(atHeads ? [] : [heads]),
        ['Pending', shown, 'nothing'],
      ];
  const lines = sections.flatMap(([title, rows, nothing]): Cell[][] => {
    if (rows.length === 0)
      return [[{ text: title, paint: paint.bold }, { text: '' }, { text: nothing, paint: paint.dim }]];
    return rows.map((row, at) => [
      { text: at === 0 ? title : '', paint: paint.bold },
      ...(unknown ? [{ text: '' }, ...cellsOf(row, paint, now).slice(1)] : cellsOf(row, paint, now)),
    ]);
  });
  return [
    drawHeader(look, paint),
    '',
    indent(table(lines)),
    ...(hidden > 0 ? [indent(paint.dim(`… and ${hidden} more: migtui pending`), 11)] : []),
    ...(unknown ? [] : ['', indent(drawCounts(look, paint))]),
    ...section(warningsOf(look, paint)),
    ...section(nextSteps(look, paint)),
  ].join('\n');
}

const section = (lines: readonly string[]): string[] => (lines.length > 0 ? ['', ...lines] : []);

function drawHeader({ project, database }: Look, paint: Paint): string {
  const dot = paint.dim(` ${paint.glyphs.separator} `);
  return [
    paint.bold(project.name),
    database.label,
    ...(database.version ? [`PostgreSQL ${database.version}`] : []),
    ...(project.context === 'default' ? [] : [`context ${project.context}`]),
    ...(project.protected ? [paint.bad('protected')] : []),
    ...(project.readOnly || database.readOnly ? [paint.warn('read-only')] : []),
  ].join(dot);
}

function drawCounts(look: Look, paint: Paint): string {
  const parts = [
    `${look.applied} applied`,
    look.pending.length > 0 ? paint.warn(`${look.pending.length} pending`) : '0 pending',
    ...(look.missing.length > 0 ? [paint.bad(`${look.missing.length} missing`)] : []),
    ...(look.edited.length > 0 ? [paint.warn(`${look.edited.length} edited`)] : []),
  ];
  return parts.join(paint.dim(` ${paint.glyphs.separator} `));
}

function warningsOf(look: Look, paint: Paint): string[] {
  const failure = databaseFailure(look);
  const warn = (text: string): string => `${paint.warn(paint.glyphs.warning)} ${text}`;
  const fail = (text: string): string => `${paint.bad(paint.glyphs.failed)} ${text}`;
  const missing = look.missing.map(nameOf).join(', ');
  return [
    ...(failure ? [fail(failure.message)] : []),
    ...look.problems.map(problem => fail(drawProblem(problem, paint))),
    ...look.unsettled.map(({ revision, action, since, error, invalidIndexes }) =>
      fail(
        [
          `${nameOf(revision)} began to run ${action} at ${since} and never ended${error ? `: ${error}` : '.'}`,
          ...(invalidIndexes.length > 0 ? [`  Left INVALID: ${invalidIndexes.join(', ')}.`] : []),
          `  Settle it: run it again, or migtui settle ${revision} --applied | --not-applied`,
        ].join('\n'),
      ),
    ),
    ...(look.missing.length > 0
      ? [warn(`Applied, but without a file: ${missing}. Bring it back from version control, or stamp.`)]
      : []),
    ...(look.edited.length > 0
      ? [warn(`Edited since they were applied: ${look.edited.map(nameOf).join(', ')}.`)]
      : []),
    ...(look.heads.length > 1 ? [warn(`There are ${count(look.heads.length, 'head')}.`)] : []),
    ...look.notes.filter(note => !failure || !note.startsWith(failure.message)).map(note => paint.dim(note)),
  ];
}

function nextSteps(look: Look, paint: Paint): string[] {
  const failure = databaseFailure(look);
  const step = (command: string, words: string): string => `  ${paint.bold(command)}  ${paint.dim(words)}`;
  if (failure) return failure.next ? [`${paint.bold('next:')}  ${failure.next}`] : [];
  if (look.problems.length > 0) return [];
  return [
    ...(look.heads.length > 1 ? [step('migtui merge', 'brings the heads together')] : []),
    ...(look.pending.length > 0
      ? [
          step(
            `migtui upgrade ${look.heads.length > 1 ? 'heads' : 'head'}`,
            `runs ${count(look.pending.length, 'revision')}; --plan shows the SQL`,
          ),
        ]
      : []),
  ];
}
