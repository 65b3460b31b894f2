import type { DatabaseSchema, SchemaComparator } from '@mikro-orm/sql';
import { Failure } from '../../../foundation/failure.ts';
import type { SchemaJson } from '../schema.ts';
import { renamed } from './after.ts';
import { type Changes, differences } from './differences.ts';
import { followers, isTable } from './json.ts';
import { placeOf, type Rename, written } from './rename.ts';

/** The user's decisions about renames. */
export interface RenameChoice {
  /** In the format of `--rename`: `contact.fax:email`, `people:persons`, `mood.sad:unhappy`. */
  readonly renames: readonly string[];
  /** Pairs that are not renames, in the same format. */
  readonly notRenames: readonly string[];
  /** All other possible renames are a drop and an addition. */
  readonly others: 'drop and add' | 'ask';
}

/** The decided renames, and the undecided ones. */
export interface Renames {
  readonly chosen: readonly Rename[];
  readonly undecided: readonly Rename[];
  /** Possible only if some of the undecided tables are renamed: tables that refer to them, and their columns. */
  readonly afterwards: readonly Rename[];
}

/** Builds both schemas in MikroORM's form, after the renames so far. */
export type SnapshotsFor = (renames: readonly Rename[]) => { from: DatabaseSchema; to: DatabaseSchema };

/**
 * Applies the decisions to two schemas, and finds further possible renames: a removed object and a similar
 * new one. Tables come first: possible renames inside a table are known only after its own rename is decided.
 * @param json the schema before the renames
 * @throws Failure `unknown-rename` if a rename names no removed or no new object
 */
export function findRenames(
  json: SchemaJson,
  comparator: SchemaComparator,
  fromAndTo: SnapshotsFor,
  choice: RenameChoice,
): Renames {
  const search = (renames: readonly string[]): Found =>
    searched(json, comparator, fromAndTo, { ...choice, renames });
  const { chosen, tables, rest, unknown } = search(choice.renames);
  if (choice.others === 'ask' && tables.length > 0) {
    return { chosen, undecided: tables, afterwards: following(search, choice.renames, tables) };
  }
  if (unknown !== undefined) throw unknownRename(unknown, rest.concat(tables));
  return { chosen, undecided: choice.others === 'ask' ? rest : [], afterwards: [] };
}

interface Found {
  readonly chosen: readonly Rename[];
  /** The other likely renames. */
  readonly tables: readonly Rename[];
  readonly rest: readonly Rename[];
  /** A requested rename of nothing. */
  readonly unknown: string | undefined;
}

function searched(
  json: SchemaJson,
  comparator: SchemaComparator,
  fromAndTo: SnapshotsFor,
  { renames, notRenames }: RenameChoice,
): Found {
  const chosen: Rename[] = [];
  const asked = renames.map((text): Asked => ({ text, ...partsOf(text) }));
  const takeOnce = (kinds: readonly Rename['kind'][]): Rename[] => {
    const { from, to } = fromAndTo(chosen);
    const changed = differences(renamed(json, chosen), comparator, from, to);
    for (const one of [...asked]) {
      const match = matching(changed, one, chosen).find(({ kind }) => kinds.includes(kind));
      if (!match) continue;
      chosen.push(match);
      asked.splice(asked.indexOf(one), 1);
    }
    const used = (name: Rename): boolean => chosen.some(one => conflict(one, name));
    return changed.likely.filter(
      one => kinds.includes(one.kind) && !used(one) && !notRenames.includes(written(one)),
    );
  };
  // A renamed table makes others similar that refer to it; a renamed column makes its old name free for another one.
  const take = (kinds: readonly Rename['kind'][]): Rename[] => {
    for (;;) {
      const before = chosen.length;
      const likely = takeOnce(kinds);
      if (chosen.length === before) return likely;
    }
  };
  const tables = take(['table', 'enum type']);
  const rest = take(['column', 'enum value', 'value']);
  takeOnce(['index', 'constraint']);
  const implied = impliedBy(json, chosen);
  const unknown = asked.find(({ from, to }) => !implied.some(([old, fresh]) => old === from && fresh === to));
  return { chosen, tables, rest, unknown: unknown?.text };
}

/** Whether two renames have the old or the new name in common. */
function conflict(one: Rename, other: Rename): boolean {
  return (
    one.kind === other.kind &&
    placeOf(one).join('.') === placeOf(other).join('.') &&
    (one.from === other.from || one.to === other.to)
  );
}

/** What is possible now besides renames of tables, or if these tables are renamed. */
function following(
  search: (renames: readonly string[]) => Found,
  renames: readonly string[],
  tables: readonly Rename[],
): Rename[] {
  const found = new Map<string, Rename>();
  const known = new Set(tables.map(written));
  for (let left = tables; left.length > 0; ) {
    const together: Rename[] = [];
    for (const one of left) if (!together.some(other => conflict(one, other))) together.push(one);
    left = left.filter(one => !together.includes(one));
    const names = [...renames, ...together.map(written)];
    const next = search(names);
    const more = next.tables.filter(one => !known.has(written(one)));
    for (const one of [...more, ...next.rest]) found.set(written(one), one);
    for (const one of more) known.add(written(one));
    if (more.length > 0) for (const one of following(search, names, more)) found.set(written(one), one);
  }
  return [...found.values()];
}

/** The constraints that the renames rename as well. */
function impliedBy(json: SchemaJson, chosen: readonly Rename[]): [old: string, fresh: string][] {
  return chosen.flatMap((rename, at) => {
    if (rename.kind !== 'table' && rename.kind !== 'column') return [];
    const now = renamed(json, chosen.slice(0, at));
    const name = rename.kind === 'table' ? rename.from : rename.of;
    return followers(
      now.tables.find(table => isTable(table, rename.schema, name)),
      rename,
    );
  });
}

interface Asked extends Parts {
  readonly text: string;
}

interface Parts {
  readonly of: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** @throws Failure `bad-rename` */
function partsOf(text: string): Parts {
  const at = text.indexOf(':');
  const left = text.slice(0, at).split('.');
  const right = text.slice(at + 1);
  const [from = '', ...of] = left.reverse();
  // The table may be repeated after the colon.
  const to = right.includes('.') && of.length > 0 ? right.slice(right.lastIndexOf('.') + 1) : right;
  if (at < 1 || from === '' || to === '') {
    throw new Failure({
      code: 'bad-rename',
      message: `"${text}" is not a rename.`,
      next: 'Write it as old:new, such as people:persons, contact.fax:email or mood.sad:unhappy.',
    });
  }
  return { of: of.reverse(), from, to };
}

/** Objects of a renamed table can be given with its new or its former name. */
function matching({ possible }: Changes, asked: Asked, chosen: readonly Rename[]): Rename[] {
  const { text, of, from, to } = asked;
  const exact = possible.filter(one => written(one) === text);
  if (exact.length > 0) return exact;
  return possible.filter(one => {
    if (one.from !== from || one.to !== to) return false;
    return [placeOf(one), formerPlace(one, chosen)].some(
      names =>
        of.length <= names.length && of.every((name, at) => name === names[names.length - of.length + at]),
    );
  });
}

function formerPlace(rename: Rename, chosen: readonly Rename[]): string[] {
  const [schema = '', table, ...rest] = placeOf(rename);
  const former = chosen.find(
    one => one.kind === 'table' && one.to === table && (one.schema ?? 'public') === schema,
  );
  return former ? [schema, former.from, ...rest] : placeOf(rename);
}

function unknownRename(text: string, likely: readonly Rename[]): Failure {
  const known = likely.map(written);
  return new Failure({
    code: 'unknown-rename',
    message: `"${text}" renames nothing: the old name must exist only in the revisions, the new name only in the entities.`,
    next: known.length > 0 ? `Possible are ${known.join(', ')}.` : 'There are no rename candidates.',
    candidates: known,
  });
}
