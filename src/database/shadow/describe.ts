import { literalsIn } from '../quote.ts';
import { isUsualOfOwner, parsePrivileges } from './grant-statements.ts';
import type { Fact, FactKind } from './inventory.ts';
import { propertyMap } from './statements/property-map.ts';

/** The text for an index whose build did not finish. */
export const invalid = '(INVALID)';

/** The parts of a change: the object, and the line without its sign. */
export interface Description {
  readonly object: string;
  readonly words: string;
}

/** The display name of an object: `table chats`, `chats.title`, `chats index chats_title_index`. */
export function nameOf({ kind, name, part }: Fact): string {
  if (kind === 'column') return `${name}.${part}`;
  if (part !== null) return `${name} ${kind} ${part}`;
  return `${kind} ${name}`;
}

/** Describes an object, or its differences; empty if there are none. */
export function describe(fact: Fact, earlier?: Fact): Description {
  const object = nameOf(fact);
  if (!earlier) return { object, words: [object, described(fact)].filter(Boolean).join(' ') };
  const changed = [...new Set([...Object.keys(earlier.is), ...Object.keys(fact.is)])].filter(
    key => earlier.is[key] !== fact.is[key],
  );
  if (changed.length === 0) return { object, words: '' };
  const parts = changed.map(key => difference(fact, key, earlier.is[key], fact.is[key]));
  return { object, words: `${object} ${parts.join(', ')}` };
}

/** An object that was only renamed. */
export function renamed(from: Fact, to: Fact): Description {
  const target = to.part ?? to.name;
  return { object: nameOf(from), words: `${nameOf(from)} renamed to ${target}` };
}

/** PostgreSQL's type names in their usual short form: `timestamptz`, `varchar(255)`. */
export function shortType(type: string): string {
  return type
    .replace(/^timestamp(\(\d+\))? with time zone/, 'timestamptz$1')
    .replace(/^timestamp(\(\d+\))? without time zone/, 'timestamp$1')
    .replace(/^time(\(\d+\))? without time zone/, 'time$1')
    .replace(/^character varying/, 'varchar')
    .replace(/^character\b/, 'char')
    .replace(/^integer\b/, 'int');
}

function described({ kind, is, part }: Fact): string {
  if (kind === 'column') {
    return [
      is.serial
        ? shortType(is.type ?? '').replace(/^(big|small)?int$/, '$1serial')
        : shortType(is.type ?? ''),
      is.collation && `collate ${is.collation}`,
      is.identity && `generated ${is.identity} as identity`,
      is.generated &&
        `generated as (${is.generated.replace(/ (stored|virtual)$/, ')$1').replace(/\)(stored|virtual)$/, ') $1')}`,
      is['not null'] && 'not null',
      is.default && `default ${shortDefault(is.default)}`,
    ]
      .filter(Boolean)
      .join(' ');
  }
  if (kind === 'constraint') return short(is.definition ?? '');
  if (kind === 'index') {
    return short(indexed(is.definition ?? '', part ?? '')) + (is.invalid ? ` ${invalid}` : '');
  }
  if (kind === 'enum') return `(${is.values ?? ''})`;
  if (kind === 'domain') {
    const checks = is.checks?.replace(/(^|, )(?:"[^"]+"|\w+) CHECK/g, '$1CHECK');
    return [
      shortType(is.type ?? ''),
      is['not null'] && 'not null',
      is.default && `default ${is.default}`,
      checks,
    ]
      .filter(Boolean)
      .join(' ');
  }
  if (kind === 'table') return is['partition by'] ? `partition by ${is['partition by'].toLowerCase()}` : '';
  return '';
}

function difference(fact: Fact, key: string, from: string | undefined, to: string | undefined): string {
  switch (key) {
    case 'not null':
      return to ? `not null${to === 'yes' ? '' : ` ${to}`}` : 'nullable';
    case 'type':
      return `${shortType(from ?? '')} -> ${shortType(to ?? '')}`;
    case 'default':
      return to === undefined
        ? `no default (was ${shortDefault(from ?? '')})`
        : `default ${from === undefined ? '' : `${shortDefault(from)} -> `}${shortDefault(to)}`;
    case 'values':
      return enumDifference(from ?? '', to ?? '');
    case 'definition':
      return definitionDifference(fact, from ?? '', to ?? '');
    case 'privileges':
    case 'sequence privileges':
      return privilegeDifference(key, key === 'privileges' ? fact.kind : 'sequence', from, to);
    case 'invalid':
      return to ? invalid : `${invalid} -> valid`;
    case 'state':
      return `${to ?? 'enabled'} (was ${from ?? 'enabled'})`;
    default: {
      const [label, old, now] = [labels[key] ?? key, shownValue(key, from), shownValue(key, to)];
      if (from === 'yes' || to === 'yes') return to === 'yes' ? label : `no longer ${label}`;
      if (now === undefined) return `no ${label} (was ${old})`;
      return old === undefined ? `${label} ${now}` : `${label} ${old} -> ${now}`;
    }
  }
}

/** Names of properties, where their own would not be understood. */
const labels: Readonly<Record<string, string>> = {
  sequence: 'sequence options',
  operations: 'published operations',
  'index options': 'options of indexes',
  'index comments': 'comments on indexes',
  'trigger states': 'triggers',
  'index comment': 'comment on the index',
  'depends on': 'depends on extension',
  'check comments': 'comments on checks',
  'via root': 'published via the partition root',
};

/** Properties that map names to texts. */
const maps = /^(?:column |foreign options$|index options$|index comments$|trigger states$|check comments$)/;

/** The value of a property; of several columns one after the other. */
function shownValue(key: string, value: string | undefined): string | undefined {
  if (value === undefined || !maps.test(key)) return value && short(value);
  const columns = Object.entries(propertyMap(value));
  return short(columns.map(([column, text]) => `${column}: ${text}`).join('; '));
}

/** `privileges of reader: select -> select, update`, for each role that gains or loses some. */
function privilegeDifference(
  key: string,
  kind: FactKind,
  from: string | undefined,
  to: string | undefined,
): string {
  const [before, after] = [parsePrivileges(from), parsePrivileges(to)];
  const said = (
    privileges: ReadonlyMap<string, readonly string[]>,
    all: string | undefined,
    role: string,
  ): string => {
    const usual = all === undefined && (role === 'owner' || role === 'public');
    const list = privileges.get(role);
    if (list === undefined) return usual ? 'default' : 'none';
    if (role === 'owner' && isUsualOfOwner(kind, list)) return 'default';
    return list.length > 0 ? list.join(', ').toLowerCase() : 'none';
  };
  return (
    [...new Set([...before.keys(), ...after.keys()])]
      .sort()
      .map(role => [role, said(before, from, role), said(after, to, role)] as const)
      .filter(([, old, now]) => old !== now)
      .map(([role, old, now]) => `${key} of ${role}: ${old} -> ${now}`)
      .join(', ') || `${key} ${from ?? 'default'} -> ${to ?? 'default'}`
  );
}

function definitionDifference({ kind, part }: Fact, from: string, to: string): string {
  if (kind === 'function' || kind === 'view' || kind === 'materialized view') {
    const [old, now] = differentLines(from, to);
    return `changed: ${short(old)} -> ${short(now)}`;
  }
  const [old, now] = [from, to].map(text => short(indexed(text, part ?? ''), 2_000)) as [string, string];
  const clause = changedClause(old, now);
  return clause ?? `${short(old)} -> ${short(now)}`;
}

/** The lines of two definitions that differ. */
function differentLines(from: string, to: string): [string, string] {
  const [old, now] = [from.split('\n'), to.split('\n')];
  const differs = (line: string, at: number, other: readonly string[]): boolean => other[at] !== line;
  return [
    old
      .filter((line, at) => differs(line, at, now))
      .join(' ')
      .trim(),
    now
      .filter((line, at) => differs(line, at, old))
      .join(' ')
      .trim(),
  ];
}

/** The clauses after the common part of two key definitions: `on delete cascade -> on delete restrict`. */
function changedClause(from: string, to: string): string | null {
  const clauses =
    / (?=on delete|on update|match full|deferrable|initially deferred|not valid|not enforced|no inherit)/i;
  const [[head, ...old], [otherHead, ...now]] = [from.split(clauses), to.split(clauses)] as [
    string[],
    string[],
  ];
  if (head !== otherHead) return null;
  const left = old.filter(clause => !now.includes(clause));
  const come = now.filter(clause => !old.includes(clause));
  const subject = (clause: string): string => clause.split(' ').slice(0, 2).join(' ');
  const instead = (clause: string): string | undefined =>
    clause.startsWith('on ') ? come.find(one => subject(one) === subject(clause)) : undefined;
  return [
    ...left.map(clause => {
      const other = instead(clause);
      return other ? `${clause} -> ${other.slice(subject(other).length + 1)}` : `no longer ${clause}`;
    }),
    ...come.filter(clause => !left.some(one => instead(one) === clause)),
  ].join(', ');
}

function enumDifference(from: string, to: string): string {
  const [before, after] = [literalsIn(from), literalsIn(to)];
  const gained = after.filter(value => !before.includes(value));
  const lost = before.filter(value => !after.includes(value));
  if (gained.length === 0 && lost.length === 0) return `order (${from}) -> (${to})`;
  return [gained.length > 0 && `gains ${gained.join(', ')}`, lost.length > 0 && `loses ${lost.join(', ')}`]
    .filter(Boolean)
    .join(', ');
}

/** `CREATE UNIQUE INDEX x ON public.chats USING btree (title)` -> `unique (title)`. */
function indexed(definition: string, name: string): string {
  const [head, unique] = /^CREATE (UNIQUE )?INDEX /.exec(definition) ?? [];
  const table = definition.indexOf(' ON ', head?.length);
  const [, method, rest] =
    /^(\w+) (.*)$/s.exec(definition.slice(definition.indexOf(' USING ', table) + 7)) ?? [];
  if (head === undefined || table < 0 || method === undefined || name === '') return definition;
  return `${unique ? 'unique ' : ''}${method === 'btree' ? '' : `${method} `}${rest}`;
}

function shortDefault(expression: string): string {
  return expression.replace(/^('[^']*(?:''[^']*)*')::[\w ".]+$/, '$1');
}

/** Keywords in lower case, on one line, shortened. */
function short(text: string, most = 160): string {
  const line = text
    .replace(
      /\b(PRIMARY KEY|UNIQUE|FOREIGN KEY|REFERENCES|CHECK|ON DELETE|ON UPDATE|CASCADE|SET NULL|SET DEFAULT|RESTRICT|DEFERRABLE|INITIALLY DEFERRED|INITIALLY IMMEDIATE|MATCH FULL|WHERE|WITH|INCLUDE|NULLS NOT DISTINCT|EXCLUDE USING|NOT VALID|NOT ENFORCED|NO INHERIT|ANY|ARRAY|AND|OR|NOT|IS NULL)\b/g,
      word => word.toLowerCase(),
    )
    .replace(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
