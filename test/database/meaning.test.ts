import { expect, test } from 'vitest';
import type { Fact } from '../../src/database/shadow/inventory.ts';
import { Meanings } from '../../src/database/shadow/meaning.ts';

/* Servers of different versions write the same definition in different words. */

const fact = (property: string, text: string): Fact => ({
  kind: 'column',
  schema: 'public',
  name: 't',
  part: 'a',
  position: 1,
  is: { [property]: text },
});

test.each([
  ['default', `timezone('utc'::text, now())`, `(now() AT TIME ZONE 'utc'::text)`],
  [
    'definition',
    `CHECK (("substring"(a, 1, 2) = 'x'::text))`,
    `CHECK ((SUBSTRING(a FROM 1 FOR 2) = 'x'::text))`,
  ],
  ['definition', `CHECK (("position"(a, 'x'::text) > 0))`, `CHECK ((POSITION(('x'::text) IN (a)) > 0))`],
  ['definition', `CHECK ((btrim(a) = 'x'::text))`, `CHECK ((TRIM(BOTH FROM a) = 'x'::text))`],
  [
    'definition',
    `CHECK (("overlay"(a, 'x'::text, 1) = 'x'::text))`,
    `CHECK ((OVERLAY(a PLACING 'x'::text FROM 1) = 'x'::text))`,
  ],
  ['definition', `CHECK ("overlaps"(a, b, c, d))`, `CHECK (((a, b) OVERLAPS (c, d)))`],
  ['generated', `"normalize"(a, 'NFC'::text) stored`, 'NORMALIZE(a, NFC) stored'],
  [
    'checks',
    `c CHECK (("position"(VALUE, 'x'::text) > 0))`,
    `c CHECK ((POSITION(('x'::text) IN (VALUE)) > 0))`,
  ],
  ['definition', ' SELECT pg_collation_for(t.a) AS x FROM t;', ' SELECT COLLATION FOR (t.a) AS x FROM t;'],
  [
    'definition',
    `CREATE INDEX i ON public.t USING btree (timezone('utc'::text, a))`,
    `CREATE INDEX i ON public.t USING btree (((a AT TIME ZONE 'utc'::text)))`,
  ],
])('%s: %s', (property, old, now) => {
  return expect(
    Meanings.load().then(one => one.alike(fact(property, old), fact(property, now))),
  ).resolves.toBe(true);
});

test.each([
  ['default', `timezone('utc'::text, now())`, `(now() AT TIME ZONE 'cet'::text)`],
  ['generated', 'a stored', 'a virtual'],
  [
    'definition',
    'CREATE INDEX i ON public.t USING btree (a)',
    'CREATE UNIQUE INDEX i ON public.t USING btree (a)',
  ],
  [
    'definition',
    `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'`,
    `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 2'`,
  ],
  ['definition', 'as permissive for all to public using (a)', 'as permissive for all to public using (b)'],
  ['values', `'a', 'b'`, `'a', 'c'`],
  ['default', 'not (SQL', 'not )SQL'],
])('%s differs: %s', (property, old, now) => {
  return expect(
    Meanings.load().then(one => one.alike(fact(property, old), fact(property, now))),
  ).resolves.toBe(false);
});
