import { placeOptions } from '../../drawing/text/place.ts';
import type { Look } from '../../engine/api.ts';
import { productNames } from '../../values/database-kind.ts';
import { databaseFailure, folderFailure, rowsOf } from '../reports/require-status.ts';
import type { Paint } from '../shell/paint.ts';
import { drawProblem } from './failure.ts';
import { cellsOf, nameOf } from './rows.ts';
import { type Cell, count, indent, table } from './text.ts';

/** Number of revisions listed under a title without -v. */
const few = 8;

interface Section {
  readonly title: string;
  readonly ids: readonly string[];
  readonly whenEmpty: string;
}

/** The status of a database, for display. */
export function drawStatus(look: Look, paint: Paint, now: number, verbose: boolean): string {
  const unknown = databaseFailure(look);
  const heads: Section = { title: 'Heads', ids: look.heads, whenEmpty: 'no revisions yet' };
  // At the heads, Current already shows everything.
  const atHeads = look.heads.length > 0 && look.heads.join() === look.current.join();
  const sections: Section[] = unknown
    ? [heads]
    : [
        { title: 'Current', ids: look.current, whenEmpty: 'nothing applied' },
        ...(atHeads ? [] : [heads]),
        { title: 'Pending', ids: look.pending, whenEmpty: 'nothing' },
      ];
  const lines = sections.flatMap(({ title, ids, whenEmpty }): Cell[][] => {
    const shown = verbose || ids.length <= few + 1 ? ids : ids.slice(0, few);
    const rows = rowsOf(look, shown).map(row => cellsOf(row, paint, now));
    if (unknown) for (const row of rows) row[0] = { text: '' };
    if (rows.length === 0) rows.push([{ text: '' }, { text: whenEmpty, paint: paint.dim }]);
    const hidden = ids.length - shown.length;
    const more = `${paint.glyphs.ellipsis} and ${hidden} more: migtui ${title.toLowerCase()}`;
    if (hidden > 0) rows.push([{ text: '' }, { text: more, paint: paint.dim }]);
    return rows.map((row, at) => [{ text: at === 0 ? title : '', paint: paint.bold }, ...row]);
  });
  return [
    drawHeader(look, paint),
    '',
    indent(table(lines)),
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
    ...(database.version
      ? [`${database.kind === 'pglite' ? 'PostgreSQL' : productNames[database.kind]} ${database.version}`]
      : []),
    ...(project.context === 'default' ? [] : [`context ${project.context}`]),
    ...(project.schema === null ? [] : [paint.warn(`schema ${project.schema}`)]),
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
  const failures = [failure, folderFailure(look)].filter(one => one !== null);
  const warn = (text: string): string => `${paint.warn(paint.glyphs.warning)} ${text}`;
  const fail = (text: string): string => `${paint.bad(paint.glyphs.failed)} ${text}`;
  const missing = look.missing.map(nameOf).join(', ');
  return [
    ...failures.map(one => fail(one.message)),
    ...look.problems.map(problem => fail(drawProblem(problem, paint))),
    ...look.unsettled.map(({ revision, action, since, error, invalidIndexes }) =>
      fail(
        [
          `${nameOf(revision)} started (${action}) at ${since} and never finished${error ? `: ${error}` : '.'}`,
          ...(invalidIndexes.length > 0 ? [`  Left INVALID: ${invalidIndexes.join(', ')}.`] : []),
          `  Resolve it: run it again, or migtui settle ${revision}${placeOptions(look.project)} --applied | --not-applied | --down`,
        ].join('\n'),
      ),
    ),
    ...(look.missing.length > 0
      ? [warn(`Applied, but without a file: ${missing}. Restore it from version control, or stamp.`)]
      : []),
    ...(look.edited.length > 0
      ? [warn(`Edited since they were applied: ${look.edited.map(nameOf).join(', ')}.`)]
      : []),
    ...(look.heads.length > 1 ? [warn(`There are ${count(look.heads.length, 'head')}.`)] : []),
    ...look.notes
      .filter(note => !failures.some(one => note.startsWith(one.message)))
      .map(note => paint.dim(note)),
  ];
}

function nextSteps(look: Look, paint: Paint): string[] {
  const failure = databaseFailure(look) ?? folderFailure(look);
  const step = (command: string, words: string): string =>
    `  ${paint.bold(`${command}${placeOptions(look.project)}`)}  ${paint.dim(words)}`;
  if (failure) return failure.next ? [`${paint.bold('next:')}  ${failure.next}`] : [];
  if (look.problems.length > 0) return [];
  return [
    ...(look.heads.length > 1 ? [step('migtui merge', 'merges the heads')] : []),
    ...(look.pending.length > 0 && hasUnknownTables(look)
      ? [step('migtui stamp head', 'records that the existing tables came from these revisions')]
      : []),
    ...(look.pending.length > 0 ? [upgradeStep(look, step)] : []),
  ];
}

/** There are tables but no migrations table: an upgrade would conflict with them. */
const hasUnknownTables = ({ database }: Look): boolean =>
  database.table === 'absent' && database.otherTables > 0;

function upgradeStep(look: Look, step: (command: string, words: string) => string): string {
  const command = `migtui upgrade ${look.heads.length > 1 ? 'heads' : 'head'}`;
  const revisions = count(look.pending.length, 'revision');
  return look.project.readOnly || look.database.readOnly
    ? step(`${command} --plan`, `shows the SQL of ${revisions}`)
    : step(command, `runs ${revisions}; --plan shows the SQL`);
}
