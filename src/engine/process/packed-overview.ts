import { datedParts } from '../../revisions/names.ts';
import type { Overview, RevisionRow, RevisionState } from '../api.ts';

/*
 * The form in which an overview crosses the process boundary. A list of 100,000 row objects would take both
 * processes half a second and 40 MB each. Most of a row follows from its id, and each id is sent once.
 */

/** An overview with columns instead of rows. */
export interface PackedOverview extends Omit<Overview, 'revisions' | 'pending'> {
  /** The ids of the rows, then all other names. */
  readonly names: readonly string[];
  /** Indexes in `names`. */
  readonly pending: Int32Array;
  readonly rows: Rows;
}

/** By row. */
interface Rows {
  /** How many revisions each revises, and their indexes in `names`, row after row. */
  readonly revises: { readonly counts: Int32Array; readonly names: Int32Array };
  /** Indexes in `states`. */
  readonly states: Uint8Array;
  readonly appliedAt: RevisionRow['appliedAt'][];
  readonly flags: Uint8Array;
  /** What precedes and follows the id in the names of most files. */
  readonly folder: string;
  readonly ending: string;
  /** What is not as in most rows. */
  readonly others: ReadonlyMap<number, Partial<RevisionRow>>;
}

const states: readonly RevisionState[] = ['applied', 'pending', 'missing', 'unknown'];
const flag = { inferred: 1, edited: 2, outOfOrder: 4 } as const;
const none: readonly never[] = [];

/** The overview in the form that is sent. */
export function packOverview({ revisions, pending, ...rest }: Overview): PackedOverview {
  const names = new Names(revisions.map(({ id }) => id));
  const [folder, ending] = aroundId(revisions.at(-1));
  const counts = new Int32Array(revisions.length);
  const revised: number[] = [];
  const kinds = new Uint8Array(revisions.length);
  const flags = new Uint8Array(revisions.length);
  const others = new Map<number, Partial<RevisionRow>>();
  for (const [at, row] of revisions.entries()) {
    counts[at] = row.revises.length;
    // In a line, it is the next row.
    for (const id of row.revises) revised.push(names.place(id, at + 1));
    kinds[at] = states.indexOf(row.state);
    flags[at] =
      (row.inferred ? flag.inferred : 0) |
      (row.edited ? flag.edited : 0) |
      (row.outOfOrder ? flag.outOfOrder : 0);
    const other = unusual(row, folder, ending);
    if (other) others.set(at, other);
  }
  const last = revisions.length - 1;
  return {
    ...rest,
    // In a line, they are the rows from the last one.
    pending: new Int32Array(pending.map((id, at) => names.place(id, last - at))),
    rows: {
      revises: { counts, names: new Int32Array(revised) },
      states: kinds,
      appliedAt: revisions.map(({ appliedAt }) => appliedAt),
      flags,
      folder,
      ending,
      others,
    },
    names: names.list,
  };
}

/** The overview that was packed. */
export function unpackOverview({ names, pending, rows, ...rest }: PackedOverview): Overview {
  const { revises, flags, appliedAt, folder, ending, others } = rows;
  const nameAt = (place: number | undefined): string => names[place as number] as string;
  const revisions: RevisionRow[] = [];
  let revised = 0;
  for (let at = 0; at < rows.states.length; at++) {
    const id = nameAt(at);
    const { digits, slug } = partsOf(id);
    // Of exactly this length: with `push`, it would have room for 17.
    const parents = new Array<string>(revises.counts[at] as number);
    for (let index = 0; index < parents.length; index++) parents[index] = nameAt(revises.names[revised++]);
    const flagged = flags[at] as number;
    const row: RevisionRow = {
      id,
      shortId: digits,
      slug,
      revises: parents,
      dependsOn: none,
      labels: none,
      replaces: none,
      state: states[rows.states[at] as number] as RevisionState,
      appliedAt: appliedAt[at] as string | null,
      inferred: (flagged & flag.inferred) !== 0,
      marks: none,
      edited: (flagged & flag.edited) !== 0,
      outOfOrder: (flagged & flag.outOfOrder) !== 0,
      file: `${folder}${id}${ending}`,
    };
    const other = others.get(at);
    revisions.push(other ? { ...row, ...other } : row);
  }
  return { ...rest, revisions, pending: Array.from(pending, nameAt) };
}

/** A list of names, each with its index. */
class Names {
  readonly list: string[];
  #places: Map<string, number> | undefined;

  constructor(list: string[]) {
    this.list = list;
  }

  /** @param likely where the name probably is */
  place(name: string, likely: number): number {
    if (this.list[likely] === name) return likely;
    this.#places ??= new Map(this.list.map((one, place) => [one, place]));
    const place = this.#places.get(name) ?? this.list.push(name) - 1;
    this.#places.set(name, place);
    return place;
  }
}

const partsOf = (id: string): { digits: string; slug: string } => datedParts(id) ?? { digits: id, slug: id };

/** What precedes and follows the id in the name of its file. */
function aroundId(row: RevisionRow | undefined): [string, string] {
  const at = row?.file?.lastIndexOf(row.id) ?? -1;
  return row?.file && at >= 0 ? [row.file.slice(0, at), row.file.slice(at + row.id.length)] : ['', ''];
}

/** The fields of a row that are not as in most rows; null: there are none. */
function unusual(row: RevisionRow, folder: string, ending: string): Partial<RevisionRow> | null {
  const { id, shortId, slug, file, dependsOn, labels, replaces, marks } = row;
  const parts = partsOf(id);
  const named = shortId === parts.digits && slug === parts.slug;
  const placed = file === `${folder}${id}${ending}`;
  const linked = dependsOn.length === 0 && labels.length === 0 && replaces.length === 0;
  if (named && placed && linked && marks.length === 0) return null;
  return {
    ...(!named && { shortId, slug }),
    ...(!placed && { file }),
    ...(!linked && { dependsOn, labels, replaces }),
    ...(marks.length > 0 && { marks }),
  };
}
