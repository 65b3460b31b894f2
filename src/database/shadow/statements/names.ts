import { quoteIdent, quoteLiteral } from '../../quote.ts';
import type { Fact, FactKind, Inventory } from '../inventory.ts';

/** Where statements run. */
export interface Place {
  /** What is there before them. */
  readonly from: Inventory;
  /** What is there after them. */
  readonly to: Inventory;
  readonly defaultSchema: string;
}

/** What SQL calls an object of this kind. */
export function nounOf(kind: FactKind): string {
  if (kind === 'enum') return 'type';
  return kind === 'foreign server' ? 'server' : kind.replace('-', ' ');
}

/** The quoted name of an object, with its schema where it is not public. */
export function quotedName(at: Place, fact: Fact): string {
  if (fact.kind === 'cast') return `(${fact.name})`;
  if (fact.kind === 'transform') return `for ${fact.name}`;
  if (fact.schema === null || fact.kind === 'schema') return quoteIdent(fact.name);
  const name = bare(fact, at.defaultSchema);
  if (fact.kind === 'operator') return `${quoteIdent(fact.schema)}.${name}`;
  if (fact.kind === 'operator class' || fact.kind === 'operator family') {
    const using = name.lastIndexOf(' using ');
    return `${inSchema(fact, name.slice(0, using))}${name.slice(using)}`;
  }
  if (fact.kind !== 'function') return inSchema(fact, name);
  const open = name.indexOf('(');
  return `${inSchema(fact, name.slice(0, open))}${name.slice(open)}`;
}

/** A name in the schema of an object, quoted. */
export function inSchema({ schema }: Fact, name: string): string {
  // A user runs this SQL, and would find an unqualified name in public.
  return schema === 'public' || schema === null
    ? quoteIdent(name)
    : `${quoteIdent(schema)}.${quoteIdent(name)}`;
}

/** A fact's own name, without the schema. */
export function bare({ schema, name }: Fact, defaultSchema: string): string {
  return schema === null || schema === defaultSchema ? name : name.slice(schema.length + 1);
}

/** The name of an object without its schema, if it is in the name: names in the default schema are unqualified. */
export function withoutSchemaName({ schema, name }: Fact): string {
  return schema !== null && name.startsWith(`${schema}.`) ? name.slice(schema.length + 1) : name;
}

/** Sets the comment of an object such as `column "a"."b"`, or removes it. */
export function commentOn(object: string, text: string | undefined): string {
  return `comment on ${object} is ${text === undefined ? 'null' : quoteLiteral(text)};`;
}

/** What depends only on the inventories of a `Place`, computed once for all its statements. */
export function oncePerPlace<T>(compute: (at: Place) => T): (at: Place) => T {
  const known = new WeakMap<Place, { readonly value: T }>();
  return at => {
    const found = known.get(at) ?? { value: compute(at) };
    known.set(at, found);
    return found.value;
  };
}
