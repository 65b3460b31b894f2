import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Constraint,
  type Guard,
  type Index,
  keyOf,
  nothing,
  type Table,
} from '../../src/lint/objects.ts';
import { Schema } from '../../src/lint/schema.ts';

/* Tables are found by what they refer to, and by names: always the same as reading all of them. */

const names = ['a', 'b', 'c', 'd'];
const name = fc.constantFrom(...names);
const place = fc.constantFrom('public', 'other');
const key = fc.tuple(place, name).map(([schema, one]) => `${schema}.${one}`);

const table = fc
  .record({
    schema: place,
    name,
    parents: fc.uniqueArray(key, { maxLength: 2 }),
    sources: fc.uniqueArray(key, { maxLength: 2 }),
    references: fc.array(fc.option(key), { maxLength: 3 }),
    reads: fc.array(key, { maxLength: 2 }),
    indexes: fc.array(name, { maxLength: 2 }),
  })
  .map(
    ({ references, reads, indexes, ...one }): Table => ({
      ...nothing,
      ...one,
      constraints: references.map(to => ({ references: to }) as Constraint),
      guards: [{ reads } as unknown as Guard],
      indexes: indexes.map(index => ({ name: index }) as Index),
    }),
  );

const change = fc.oneof(
  { weight: 4, arbitrary: table.map(one => (schema: Schema) => schema.put(one)) },
  { weight: 2, arbitrary: table.map(one => (schema: Schema) => schema.drop(one)) },
  { weight: 1, arbitrary: fc.constant((schema: Schema) => schema.markInUse()) },
  {
    weight: 1,
    arbitrary: table.map(one => (schema: Schema) => schema.change(one, { indexes: one.indexes })),
  },
);

const keysOf = (tables: readonly Table[]) => tables.map(keyOf).sort();

function expectSame(schema: Schema): void {
  const all = [...schema.tables.values()];
  for (const one of ['public', 'other'].flatMap(where => names.map(what => `${where}.${what}`))) {
    const refer = all.filter(
      ({ parents, sources, constraints, guards }) =>
        parents.includes(one) ||
        sources.includes(one) ||
        constraints.some(({ references }) => references === one) ||
        guards.some(({ reads }) => reads.includes(one)),
    );
    expect(keysOf(schema.referringTo(one))).toEqual(keysOf(refer));
  }
  for (const one of names) {
    expect(schema.hasName(one)).toBe(all.some(other => other.name === one));
    const withIndex = all.filter(({ indexes }) => indexes.some(index => index.name === one));
    expect(keysOf(schema.withIndex(one))).toEqual(keysOf(withIndex));
  }
}

test('for any changes: the tables found are those of a full search, in the schema and in its copy', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), fc.array(change, { maxLength: 5 }), (before, after) => {
      const schema = new Schema();
      for (const make of before) make(schema);
      expectSame(schema);
      const copy = schema.fork();
      for (const make of after) make(copy);
      expectSame(copy);
      expectSame(schema);
      for (const make of after) make(schema);
      expectSame(schema);
    }),
  );
});
