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
  { renames, notRenames, others }: RenameChoice,
): Renames {
  const chosen: Rename[] = [];
  const asked = renames.map((text): Asked => ({ text, ...partsOf(text) }));
  const take = (kinds: readonly Rename['kind'][]): Rename[] => {
    const { from, to } = fromAndTo(chosen);
    const changed = differences(renamed(json, chosen), comparator, from, to);
    for (const one of [...asked]) {
      const match = matching(changed, one, chosen).find(({ kind }) => kinds.includes(kind));
      if (!match) continue;
      chosen.push(match);
      asked.splice(asked.indexOf(one), 1);
    }
    const used = (name: Rename): boolean =>
      chosen.some(
        one =>
          one.kind === name.kind &&
          placeOf(one).join('.') === placeOf(name).join('.') &&
          (one.from === name.from || one.to === name.to),
      );
    return changed.likely.filter(
      one => kinds.includes(one.kind) && !used(one) && !notRenames.includes(written(one)),
    );
  };
  const tables = take(['table', 'enum type']);
  if (others === 'ask' && tables.length > 0) return { chosen, undecided: tables };
  // A renamed column makes its old name free for another one.
  let rest: Rename[];
  let before: number;
  do {
    before = chosen.length;
    rest = take(['column', 'enum value', 'value']);
  } while (chosen.length > before);
  take(['index', 'constraint']);
  const implied = impliedBy(json, chosen);
  const unknown = asked.find(({ from, to }) => !implied.some(([old, fresh]) => old === from && fresh === to));
  if (unknown) throw unknownRename(unknown.text, rest.concat(tables));
  return { chosen, undecided: others === 'ask' ? rest : [] };
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
