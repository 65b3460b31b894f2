import { expect, test } from 'vitest';
import type { Fact, FactKind, Inventory } from '../../src/database/shadow/inventory.ts';
import { unqualified } from '../../src/database/shadow/statements/unqualified.ts';

const fact = (kind: FactKind, name: string, schema = 'public'): Fact => ({
  kind,
  schema,
  name,
  part: null,
  position: null,
  is: {},
});
const to: Inventory = [
  fact('table', 'items'),
  fact('table', 'Odd "name"'),
  fact('enum', 'mood'),
  fact('function', 'lower(text)'),
  fact('table', 'other.things', 'other'),
];
const at = { from: [], to, defaultSchema: 'public' };

test.each([
  [
    'index',
    'CREATE INDEX i ON public.items USING btree (name)',
    'CREATE INDEX i ON items USING btree (name)',
  ],
  ['index', 'CREATE INDEX i ON public."Odd ""name""" (a)', 'CREATE INDEX i ON "Odd ""name""" (a)'],
  // PostgreSQL has a function of this name; this one is called by its own.
  [
    'index',
    'CREATE INDEX i ON public.items (public.lower(name))',
    'CREATE INDEX i ON items (public.lower(name))',
  ],
  // Not in the inventory: an extension's.
  [
    'index',
    'CREATE INDEX i ON public.items (a public.gist_ops)',
    'CREATE INDEX i ON items (a public.gist_ops)',
  ],
  [
    'view',
    `create view v as SELECT 'public.items', 'it''s public.items', $$public.items$$, 'x'::public.mood FROM public.items`,
    `create view v as SELECT 'public.items', 'it''s public.items', $$public.items$$, 'x'::mood FROM items`,
  ],
  [
    'view',
    'SELECT other.things.public.items FROM other.things',
    'SELECT other.things.public.items FROM other.things',
  ],
  [
    'trigger',
    'CREATE TRIGGER t BEFORE INSERT ON public.items FOR EACH ROW EXECUTE FUNCTION public.f()',
    'CREATE TRIGGER t BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION f()',
  ],
  [
    'function',
    'CREATE OR REPLACE FUNCTION public.f(m public.mood) AS $function$ select public.items $function$',
    'CREATE OR REPLACE FUNCTION f(m mood) AS $function$ select public.items $function$',
  ],
  [
    'statistics',
    'CREATE STATISTICS public.s ON a, b FROM public.items',
    'CREATE STATISTICS s ON a, b FROM items',
  ],
] as const)('%s: %s', (kind, sql, expected) => {
  expect(unqualified(at, kind, sql)).toBe(expected);
  expect(unqualified(at, kind, expected)).toBe(expected);
});
