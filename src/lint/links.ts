import type { Table } from './objects.ts';

/** Keys of tables, by something that the tables have. */
class KeysBy {
  readonly #keys = new Map<string, Set<string>>();
  readonly #of: (table: Table) => Iterable<string>;

  constructor(of: (table: Table) => Iterable<string>) {
    this.#of = of;
  }

  get(value: string): Iterable<string> {
    return this.#keys.get(value) ?? [];
  }

  has(value: string): boolean {
    return this.#keys.has(value);
  }

  change(key: string, before: Table | undefined, after: Table | undefined): void {
    const [was, is] = [new Set(before && this.#of(before)), new Set(after && this.#of(after))];
    for (const value of was) {
      if (is.has(value)) continue;
      const keys = this.#keys.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.delete(value);
    }
    for (const value of is) {
      if (was.has(value)) continue;
      const keys = this.#keys.get(value) ?? new Set();
      keys.add(key);
      this.#keys.set(value, keys);
    }
  }
}

/** Finds tables by what they refer to and by names, without reading all of them. */
export class Links {
  /** By the keys of tables and views that a table refers to: its parents, foreign keys, the query of a view, guards. */
  readonly referring = new KeysBy(function* ({ parents, sources, constraints, guards }) {
    yield* parents;
    yield* sources;
    for (const { references } of constraints) if (references !== null) yield references;
    for (const { reads } of guards) yield* reads;
  });
  /** By their names without a schema. */
  readonly named = new KeysBy(({ name }) => [name]);
  /** By the names of their indexes. */
  readonly indexed = new KeysBy(({ indexes }) => indexes.map(({ name }) => name));

  constructor(tables: ReadonlyMap<string, Table>) {
    for (const [key, table] of tables) this.change(key, undefined, table);
  }

  change(key: string, before: Table | undefined, after: Table | undefined): void {
    for (const one of [this.referring, this.named, this.indexed]) one.change(key, before, after);
  }
}
