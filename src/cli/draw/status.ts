import type { Overview } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import { placeOptions } from '../../foundation/suggested-commands.ts';
import { productNames } from '../../values/database-kind.ts';
import { databaseFailure, folderFailure, rowsOf } from '../reports/require-status.ts';
import type { Paint } from '../shell/paint.ts';
import { drawProblem } from './failure.ts';
import { cellsOf, nameOf } from './rows.ts';
import { type Cell, indent, table } from './text.ts';

/** Number of revisions listed under a title without -v. */
const few = 8;

interface Section {
  readonly title: string;
  readonly ids: readonly string[];
  readonly whenEmpty: string;
}

/** The status of a database, for display. */
export function drawStatus(overview: Overview, paint: Paint, now: number, verbose: boolean): string {
  const unknown = databaseFailure(overview);
  const heads: Section = { title: 'Heads', ids: overview.heads, whenEmpty: 'no revisions yet' };
  // At the heads, Current already shows everything.
  const atHeads = overview.heads.length > 0 && overview.heads.join() === overview.current.join();
  const sections: Section[] = unknown
    ? [heads]
    : [
        { title: 'Current', ids: overview.current, whenEmpty: 'nothing applied' },
        ...(atHeads ? [] : [heads]),
        { title: 'Pending', ids: overview.pending, whenEmpty: 'nothing' },
      ];
  const lines = sections.flatMap(({ title, ids, whenEmpty }): Cell[][] => {
    const shown = verbose || ids.length <= few + 1 ? ids : ids.slice(0, few);
    const rows = rowsOf(overview, shown).map(row => cellsOf(row, paint, now));
    if (unknown) for (const row of rows) row[0] = { text: '' };
    if (rows.length === 0) rows.push([{ text: '' }, { text: whenEmpty, paint: paint.dim }]);
    const hidden = ids.length - shown.length;
    const more = `${paint.glyphs.ellipsis} and ${hidden} more: migtui ${title.toLowerCase()}`;
    if (hidden > 0) rows.push([{ text: '' }, { text: more, paint: paint.dim }]);
    return rows.map((row, at) => [{ text: at === 0 ? title : '', paint: paint.bold }, ...row]);
  });
  return [
    drawHeader(overview, paint),
    '',
    indent(table(lines)),
    ...(unknown ? [] : ['', indent(drawCounts(overview, paint))]),
    ...section(warningsOf(overview, paint)),
    ...section(nextSteps(overview, paint)),
  ].join('\n');
}

const section = (lines: readonly string[]): string[] => (lines.length > 0 ? ['', ...lines] : []);

function drawHeader({ project, database }: Overview, paint: Paint): string {
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

function drawCounts(overview: Overview, paint: Paint): string {
  const parts = [
    `${overview.applied} applied`,
    overview.pending.length > 0 ? paint.warn(`${overview.pending.length} pending`) : '0 pending',
    ...(overview.missing.length > 0 ? [paint.bad(`${overview.missing.length} missing`)] : []),
    ...(overview.edited.length > 0 ? [paint.warn(`${overview.edited.length} edited`)] : []),
  ];
  return parts.join(paint.dim(` ${paint.glyphs.separator} `));
}

function warningsOf(overview: Overview, paint: Paint): string[] {
  const failure = databaseFailure(overview);
  const failures = [failure, folderFailure(overview)].filter(one => one !== null);
  const warn = (text: string): string => `${paint.warn(paint.glyphs.warning)} ${text}`;
  const fail = (text: string): string => `${paint.bad(paint.glyphs.failed)} ${text}`;
  const missing = overview.missing.map(nameOf).join(', ');
  return [
    ...failures.map(one => fail(one.message)),
    ...overview.problems.map(problem => fail(drawProblem(problem, paint))),
    ...overview.unsettled.map(({ revision, action, since, error, invalidIndexes }) =>
      fail(
        [
          `${nameOf(revision)} was interrupted (${action}, started at ${since})${error ? `: ${error}` : '.'}`,
          ...(invalidIndexes.length > 0 ? [`  Left INVALID: ${invalidIndexes.join(', ')}.`] : []),
          `  Resolve it: run it again, or migtui resolve ${revision}${placeOptions(overview.project)} --applied | --not-applied | --down`,
        ].join('\n'),
      ),
    ),
    ...(overview.missing.length > 0
      ? [warn(`Applied, but without a file: ${missing}. Restore it from version control, or stamp.`)]
      : []),
    ...(overview.edited.length > 0
      ? [warn(`Edited since they were applied: ${overview.edited.map(nameOf).join(', ')}.`)]
      : []),
    ...(overview.heads.length > 1 ? [warn(`There are ${count(overview.heads.length, 'head')}.`)] : []),
    ...overview.notes
      .filter(note => !failures.some(one => note.startsWith(one.message)))
      .map(note => paint.dim(note)),
  ];
}

function nextSteps(overview: Overview, paint: Paint): string[] {
  const failure = databaseFailure(overview) ?? folderFailure(overview);
  const step = (command: string, about: string): string =>
    `  ${paint.bold(`${command}${placeOptions(overview.project)}`)}  ${paint.dim(about)}`;
  if (failure) return failure.next ? [`${paint.bold('next:')}  ${failure.next}`] : [];
  if (overview.problems.length > 0) return [];
  return [
    ...(overview.heads.length > 1 ? [step('migtui merge', 'merges the heads')] : []),
    ...(overview.pending.length > 0 && hasUnknownTables(overview)
      ? [step('migtui stamp head', 'records that the existing tables came from these revisions')]
      : []),
    ...(overview.pending.length > 0 ? [upgradeStep(overview, step)] : []),
  ];
}

/** There are tables but no migrations table: an upgrade would conflict with them. */
const hasUnknownTables = ({ database }: Overview): boolean =>
  database.table === 'absent' && database.otherTables > 0;

function upgradeStep(overview: Overview, step: (command: string, about: string) => string): string {
  const command = `migtui upgrade ${overview.heads.length > 1 ? 'heads' : 'head'}`;
  const revisions = count(overview.pending.length, 'revision');
  return overview.project.readOnly || overview.database.readOnly
    ? step(`${command} --plan`, `shows the SQL of ${revisions}`)
    : step(command, `runs ${revisions}; --plan shows the SQL`);
}
