import { formatPrivileges, parsePrivileges, publicUsually } from '../grant-statements.ts';
import type { Fact, FactKind } from '../inventory.ts';
import { oncePerPlace, type Place } from './names.ts';

/** What ALTER DEFAULT PRIVILEGES calls them. */
const objects: Partial<Record<FactKind, string>> = {
  table: 'tables',
  view: 'tables',
  'materialized view': 'tables',
  sequence: 'sequences',
  function: 'functions',
  enum: 'types',
  domain: 'types',
  type: 'types',
  schema: 'schemas',
};

const defaultPrivileges = oncePerPlace(at => at.from.filter(({ kind }) => kind === 'default privileges'));

/** The privileges of a new object, from the default privileges of the role that creates it; empty: PostgreSQL's own. */
export function usualPrivileges(at: Place, fact: Fact): { privileges?: string } {
  const kind = objects[fact.kind];
  if (kind === undefined) return {};
  const given = defaultPrivileges(at).filter(
    ({ name }) => name.replace(/^.*\.(?=owner )/, '') === `owner ${kind}`,
  );
  const everywhere = given.find(one => one.schema === null);
  const here = given.find(one => one.schema !== null && one.schema === fact.schema);
  if (!everywhere && !here) return {};
  const privileges = everywhere
    ? parsePrivileges(everywhere.is.privileges)
    : new Map([['owner', ['ALL']], ...publicUsually(fact.kind)]);
  for (const [role, more] of parsePrivileges(here?.is.privileges))
    privileges.set(role, [...new Set([...(privileges.get(role) ?? []), ...more])].sort());
  return { privileges: formatPrivileges(privileges) };
}
