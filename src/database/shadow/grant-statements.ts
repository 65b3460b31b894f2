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
  const [before, after] = [parse(from), parse(to)];
  const roles = new Set([...before.keys(), ...after.keys()]);
  if (to === undefined && from !== undefined) roles.add('owner');
  const usual: ReadonlyMap<string, readonly string[]> =
    to === undefined && fact.kind !== 'column'
      ? new Map([['owner', ['ALL']], ...publicUsually(fact.kind)])
      : after;
  if (to === undefined && publicUsually(fact.kind).length > 0) roles.add('public');
  return [...roles].sort().flatMap(role => {
    const [had, has] = [before.get(role) ?? [], usual.get(role) ?? []];
    const grantee = granteeOf(role);
    if (from !== undefined && had.join() === has.join()) return [];
    if (from === undefined && role === 'owner' && has.join() === 'ALL') return [];
    const plain = has.filter(one => !one.endsWith('*'));
    const passed = has.filter(one => one.endsWith('*')).map(one => one.slice(0, -1));
    const list = (privileges: readonly string[]): string =>
      privileges.map(one => `${one.toLowerCase()}${column}`).join(', ');
    return [
      ...(had.length > 0 || (from === undefined && (role === 'public' || role === 'owner'))
        ? [`revoke all${column} on ${on} from ${grantee};`]
        : []),
      ...(plain.length > 0 ? [`grant ${list(plain)} on ${on} to ${grantee};`] : []),
      ...(passed.length > 0 ? [`grant ${list(passed)} on ${on} to ${grantee} with grant option;`] : []),
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
  const [before, after] = [from === undefined ? usual : parse(from), to === undefined ? usual : parse(to)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap(grantee => {
    const [had, has] = [before.get(grantee) ?? [], after.get(grantee) ?? []];
    if (had.join() === has.join() || (grantee === 'owner' && (from === undefined || to === undefined)))
      return [];
    return [
      ...(had.length > 0 ? [`${alter} revoke all on ${objects} from ${granteeOf(grantee)};`] : []),
      ...(has.length > 0
        ? [
            `${alter} grant ${has.map(one => one.toLowerCase()).join(', ')} on ${objects} to ${granteeOf(grantee)};`,
          ]
        : []),
    ];
  });
}

/** PostgreSQL's default privileges for everyone. */
function publicUsually(kind: FactKind): [string, string[]][] {
  if (kind === 'function') return [['public', ['EXECUTE']]];
  return kind === 'enum' || kind === 'type' || kind === 'domain' ? [['public', ['USAGE']]] : [];
}

/** The roles in a set of privileges. */
export function rolesIn(privileges: string): string[] {
  return [...parse(privileges).keys()].filter(role => role !== 'owner' && role !== 'public');
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
    case 'function':
      return `${is.kind === 'procedure' ? 'procedure' : 'function'} ${name}`;
    default:
      return null;
  }
}

function granteeOf(role: string): string {
  return role === 'owner' ? 'current_user' : role;
}

function parse(text: string | undefined): Map<string, string[]> {
  if (text === undefined || text === 'none') return new Map();
  return new Map(
    text.split(', ').map(line => {
      const at = line.lastIndexOf('=');
      return [line.slice(0, at), line.slice(at + 1).split('/')];
    }),
  );
}
