import { Failure } from '../../foundation/failure.ts';
import { loadParser, type Node, nodesOf, type Statement, splitSync } from '../../safety/parse.ts';
import { quoteIdent, quoteLiteral } from '../quote.ts';
import { ofSharedObject, outsideKeywords, outsideScratch } from './outside-scratch.ts';

/** Queries the scratch database in the transaction of the statement that is about to run. */
export type Ask = (sql: string) => Promise<readonly object[]>;

/** Statements about roles: their effects apply to the whole server. */
const ofRoles = [
  'CreateRoleStmt',
  'AlterRoleStmt',
  'AlterRoleSetStmt',
  'DropRoleStmt',
  'GrantRoleStmt',
  'ReassignOwnedStmt',
];

/** Statements without one of these words need no preparation. */
const mayConcernRoles = new RegExp(
  `\\b(?:role|user|group|owner|owned|grant|revoke|policy|privileges|authorization|${outsideKeywords.join('|')})\\b`,
  'i',
);

/**
 * The roles of a scratch database. Missing roles that revisions refer to are created. On a server, roles are
 * shared: those that revisions create are marked and dropped at the end, and existing ones are never changed
 * by a revision. Which roles a scratch database has created is tracked separately, so that creating one twice
 * still fails.
 */
export class ScratchRoles {
  /** Comment of the roles that are created on a server; null: the scratch database is a separate cluster. */
  readonly #mark: string | null;
  readonly #made = new Set<string>();
  #created = new Set<string>();

  constructor(mark: string | null) {
    this.#mark = mark;
  }

  /** Roles that were created on the server and must be dropped. */
  get made(): ReadonlySet<string> {
    return this.#made;
  }

  /** The roles that revisions created in the open scratch database. */
  get created(): ReadonlySet<string> {
    return this.#created;
  }

  /** Another scratch database is open. */
  enter(created: ReadonlySet<string> = new Set()): void {
    this.#created = new Set(created);
  }

  /**
   * Creates the roles that a statement needs.
   * @returns the SQL to run instead of `sql`; empty: nothing
   * @throws Failure `shadow-cluster-wide` | `shadow-forbidden`
   */
  async prepare(sql: string, ask: Ask): Promise<string> {
    if (!mayConcernRoles.test(sql)) return sql;
    await loadParser();
    const statements = splitSync(sql);
    if (!statements) return sql;
    const kept: string[] = [];
    // Roles that this SQL itself creates exist when its later statements run.
    const own = new Set<string>();
    for (const statement of statements) {
      if (statement.type === 'CreateRoleStmt') own.add(String(statement.tree.role));
      kept.push(...(await this.#prepared(statement, own, ask)));
    }
    const same = kept.length === statements.length && kept.every((text, at) => text === statements[at]?.text);
    return same ? sql : kept.join(';\n');
  }

  async #prepared(statement: Statement, own: ReadonlySet<string>, ask: Ask): Promise<string[]> {
    const { type, tree, text } = statement;
    const missing = (node: unknown): string[] => rolesIn(node).filter(name => !own.has(name));
    if (ofSharedObject(statement)) return [];
    if (this.#mark === null) {
      if (type !== 'CreateRoleStmt' && type !== 'DropRoleStmt') await this.#make(missing(tree), ask);
      return [text];
    }
    const what = outsideScratch(statement);
    if (what !== null) {
      throw clusterWide(what, text);
    }
    if (type === 'CreateRoleStmt') return this.#createRole(tree, text, ask);
    if (type === 'DropRoleStmt') return this.#dropRoles(tree);
    if (ofRoles.includes(type)) return [];
    if (type === 'DoStmt') await this.#createsRoles(text, ask);
    if (type === 'ReassignOwnedStmt' || type === 'DropOwnedStmt') await this.#refuseShared(tree, text, ask);
    await this.#make(missing(tree), ask);
    return [text];
  }

  async #createRole({ role }: Node, text: string, ask: Ask): Promise<string[]> {
    const name = String(role);
    const twice = this.#created.has(name);
    this.#created.add(name);
    // The server reports that it already exists.
    if (twice) return [text];
    if (await exists(name, ask)) return [];
    this.#made.add(name);
    return [text, this.#marking(name)];
  }

  /**
   * The role itself is kept until the end: other scratch databases may need it. One that is not of the
   * revisions belongs to the server.
   */
  #dropRoles(tree: Node): string[] {
    for (const name of rolesIn(tree)) this.#created.delete(name);
    return [];
  }

  /** A code block creates roles: one that another scratch database has created does not exist in this one. */
  async #createsRoles(text: string, ask: Ask): Promise<void> {
    for (const [, name = ''] of text.matchAll(/create\s+(?:role|user)\s+"?(\w+)/gi)) {
      if (!(await exists(name, ask))) this.#made.add(name);
      else if (this.#made.has(name) && !this.#created.has(name) && !(await isUsed(name, ask)))
        await ask(`drop role ${quoteIdent(name)}`);
      this.#created.add(name);
    }
  }

  /** Databases and other shared objects would change owners or lose privileges as well. */
  async #refuseShared({ roles }: Node, text: string, ask: Ask): Promise<void> {
    for (const name of rolesIn(roles)) {
      const shared = `select 1 as one from pg_shdepend where dbid = 0 and classid <> 'pg_auth_members'::regclass and refclassid = 'pg_authid'::regclass
        and refobjid = (select oid from pg_roles where rolname = ${quoteLiteral(name)})`;
      if ((await ask(shared)).length > 0)
        throw clusterWide(`changes objects or privileges of the role "${name}" on the whole server`, text);
    }
  }

  async #make(names: readonly string[], ask: Ask): Promise<void> {
    for (const name of new Set(names)) {
      if (await exists(name, ask)) continue;
      if (this.#mark !== null) this.#made.add(name);
      try {
        await ask(`create role ${quoteIdent(name)}`);
        if (this.#mark !== null) await ask(this.#marking(name));
      } catch (cause) {
        throw new Failure(
          {
            code: 'shadow-forbidden',
            message: `The revisions name the role "${name}", which does not exist on the shadow server and cannot be created there.`,
            next: 'Create the role there, grant CREATEROLE to the role of --shadow, or omit --shadow to use PGlite in memory.',
          },
          { cause },
        );
      }
    }
  }

  #marking(name: string): string {
    return `comment on role ${quoteIdent(name)} is ${quoteLiteral(this.#mark ?? '')}`;
  }
}

async function exists(name: string, ask: Ask): Promise<boolean> {
  return (await ask(`select 1 as one from pg_roles where rolname = ${quoteLiteral(name)}`)).length > 0;
}

/** Whether an object of any database belongs to a role, or grants it something. */
async function isUsed(name: string, ask: Ask): Promise<boolean> {
  const used = `select 1 as one from pg_shdepend where refclassid = 'pg_authid'::regclass
    and refobjid = (select oid from pg_roles where rolname = ${quoteLiteral(name)})`;
  return (await ask(used)).length > 0;
}

function clusterWide(what: string, text: string): Failure {
  return new Failure({
    code: 'shadow-cluster-wide',
    message: `A revision ${what}, which affects more than the scratch database: it was not run there. In: ${text}`,
    next: 'Omit --shadow to use PGlite in memory, or do this outside of the revisions.',
  });
}

/** All roles in a statement. */
function rolesIn(tree: unknown): string[] {
  if (Array.isArray(tree)) return tree.flatMap(rolesIn);
  if (typeof tree !== 'object' || tree === null) return [];
  const { roletype, rolename } = tree as { roletype?: unknown; rolename?: unknown };
  const own = roletype === 'ROLESPEC_CSTRING' && typeof rolename === 'string' ? [rolename] : [];
  return [...own, ...roleOfSession(tree as Node), ...Object.values(tree).flatMap(rolesIn)];
}

/** The role of `set role` and `set session authorization`. */
function roleOfSession({ kind, name, args }: Node): string[] {
  if (kind !== 'VAR_SET_VALUE' || (name !== 'role' && name !== 'session_authorization')) return [];
  return [...nodesOf(args, 'A_Const')]
    .map(({ sval }) => (sval as { sval?: string } | undefined)?.sval)
    .filter((role): role is string => role !== undefined && role !== 'none');
}
