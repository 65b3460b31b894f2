import type { Fact, FactKind } from './inventory.ts';

/**
 * SQL that changes one set of privileges into another, in the inventory's format: `reader=SELECT, owner=ALL`;
 * undefined is PostgreSQL's default.
 */
export function grantStatements(
  fact: Fact,
  name: string,
  from: string | undefined,
  to: string | undefined,
): string[] {
  if (fact.kind === 'default privileges') return defaultPrivileges(fact, from, to);
  const on = objectOf(fact, name);
  if (on === null) return [];
  const column = fact.kind === 'column' ? ` ("${(fact.part as string).replaceAll('"', '""')}")` : '';
  const [before, after] = [parsePrivileges(from), parsePrivileges(to)];
  if (isPublicSchema(fact)) return onPublicSchema(before, after);
  const roles = new Set([...before.keys(), ...after.keys()]);
  if ((to === undefined) !== (from === undefined) && fact.kind !== 'column') roles.add('owner');
  const usual: ReadonlyMap<string, readonly string[]> =
    to === undefined && fact.kind !== 'column'
      ? new Map([['owner', ['ALL']], ...publicUsually(fact.kind)])
      : after;
  const ofPublic = publicUsually(fact.kind)[0]?.[1].join();
  if ((to === undefined) !== (from === undefined) && ofPublic !== undefined) roles.add('public');
  return [...roles].sort().flatMap(role => {
    const [had, has] = [before.get(role) ?? [], usual.get(role) ?? []];
    const grantee = granteeOf(role);
    if (from !== undefined && had.join() === has.join()) return [];
    if (from === undefined && role === 'owner' && isUsualOfOwner(fact.kind, has)) return [];
    if (from === undefined && role === 'public' && has.join() === ofPublic) return [];
    // REVOKE ALL on a table also revokes privileges on its columns.
    const some = had.length > 0 && ![...had, ...has].includes('ALL');
    const come = some ? has.filter(one => !had.includes(one)) : has;
    const gone = some ? had.filter(one => !has.includes(one)).map(one => one.replace('*', '')) : [];
    return [
      ...(gone.length > 0 ? [`revoke ${listOf(gone, column)} on ${on} from ${grantee};`] : []),
      ...((!some && had.length > 0) || (from === undefined && (role === 'public' || role === 'owner'))
        ? [`revoke all${column} on ${on} from ${grantee};`]
        : []),
      ...grants(come, (some, option) => `grant ${listOf(some, column)} on ${on} to ${grantee}${option};`),
    ];
  });
}

const listOf = (privileges: readonly string[], column = ''): string =>
  privileges.map(one => `${one.replace('*', '').toLowerCase()}${column}`).join(', ');

/** A statement for the privileges without the grant option, and one for those with it, if there are any. */
function grants(
  privileges: readonly string[],
  write: (some: readonly string[], option: string) => string,
): string[] {
  return ['', ' with grant option'].flatMap(option => {
    const some = privileges.filter(one => one.endsWith('*') === (option !== ''));
    return some.length > 0 ? [write(some, option)] : [];
  });
}

const isPublicSchema = ({ kind, name }: Fact): boolean => kind === 'schema' && name === 'public';

/** Everyone may use schema `public`, unless it is said otherwise. */
function onPublicSchema(
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): string[] {
  const usual = (role: string): readonly string[] => (role === 'public' ? ['USAGE'] : []);
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap(role => {
    const [had, has] = [before.get(role) ?? usual(role), after.get(role) ?? usual(role)];
    if (had.join() === has.join()) return [];
    return [
      ...(had.length > 0 ? [`revoke all on schema public from ${role};`] : []),
      ...has.map(
        one =>
          `grant ${one.replace('*', '').toLowerCase()} on schema public to ${role}${one.endsWith('*') ? ' with grant option' : ''};`,
      ),
    ];
  });
}

function defaultPrivileges(
  { name, schema }: Fact,
  from: string | undefined,
  to: string | undefined,
): string[] {
  // `role objects`, or `schema.role objects`
  const space = name.lastIndexOf(' ');
  const objects = name.slice(space + 1);
  const role = name.slice(name.lastIndexOf('.', space) + 1, Math.max(space, 0));
  if (role === '' || !/^\w+$/.test(objects)) return [];
  const who = role === 'owner' ? '' : ` for role ${role}`;
  const where = schema === null ? '' : ` in schema ${schema}`;
  const alter = `alter default privileges${who}${where}`;
  // Outside a schema they replace PostgreSQL's defaults, inside they are added to them.
  const usual = new Map(
    schema === null
      ? publicUsually(objects === 'functions' ? 'function' : objects === 'types' ? 'type' : 'table')
      : [],
  );
  const [before, after] = [
    from === undefined ? usual : parsePrivileges(from),
    to === undefined ? usual : parsePrivileges(to),
  ];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap(grantee => {
    const [had, has] = [before.get(grantee) ?? [], after.get(grantee) ?? []];
    if (had.join() === has.join() || (grantee === 'owner' && (from === undefined || to === undefined)))
      return [];
    return [
      ...(had.length > 0 ? [`${alter} revoke all on ${objects} from ${granteeOf(grantee)};`] : []),
      ...grants(
        has,
        (some, option) => `${alter} grant ${listOf(some)} on ${objects} to ${granteeOf(grantee)}${option};`,
      ),
    ];
  });
}

/** Whether these are all privileges that the owner of an object of this kind can have. */
export function isUsualOfOwner(kind: FactKind, privileges: readonly string[]): boolean {
  const all: Partial<Record<FactKind, string>> = {
    function: 'EXECUTE',
    enum: 'USAGE',
    domain: 'USAGE',
    type: 'USAGE',
    sequence: 'SELECT,UPDATE,USAGE',
    'foreign server': 'USAGE',
    'foreign-data wrapper': 'USAGE',
  };
  return ['ALL', all[kind]].includes(privileges.join());
}

/** PostgreSQL's default privileges for everyone. */
export function publicUsually(kind: FactKind): [string, string[]][] {
  if (kind === 'function') return [['public', ['EXECUTE']]];
  return kind === 'enum' || kind === 'type' || kind === 'domain' ? [['public', ['USAGE']]] : [];
}

/** The roles in a set of privileges. */
export function rolesIn(privileges: string): string[] {
  return [...parsePrivileges(privileges).keys()].filter(role => role !== 'owner' && role !== 'public');
}

function objectOf({ kind, is }: Fact, name: string): string | null {
  switch (kind) {
    case 'table':
    case 'column':
    case 'view':
    case 'materialized view':
      return `table ${name}`;
    case 'sequence':
    case 'schema':
    case 'domain':
      return `${kind} ${name}`;
    case 'enum':
    case 'type':
      return `type ${name}`;
    case 'foreign server':
      return `foreign server ${name}`;
    case 'foreign-data wrapper':
      return `foreign data wrapper ${name}`;
    case 'function':
      return `${is.kind === 'procedure' ? 'procedure' : 'function'} ${name}`;
    default:
      return null;
  }
}

function granteeOf(role: string): string {
  return role === 'owner' ? 'current_user' : role;
}

/** Privileges by role, from the inventory's format. */
export function parsePrivileges(text: string | undefined): Map<string, string[]> {
  if (text === undefined || text === 'none') return new Map();
  return new Map(
    text.split(', ').map(line => {
      const at = line.lastIndexOf('=');
      const list = line.slice(at + 1);
      return [line.slice(0, at), list === 'none' ? [] : list.split('/')];
    }),
  );
}

/** The inventory's format of privileges by role. */
export function formatPrivileges(privileges: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...privileges].map(([role, list]) => `${role}=${list.join('/')}`);
  return lines.sort().join(', ') || 'none';
}
