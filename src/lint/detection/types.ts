import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import type { Table } from '../objects.ts';
import { quoted, quotedTable } from '../questions.ts';
import type { Scope } from '../scope.ts';
import { typeOf } from '../type-name.ts';

/** CREATE and ALTER DOMAIN. */
export function createDomain(scope: Scope, { domainname, typeName, constraints }: Node): void {
  const name = namesIn(domainname).at(-1) ?? '';
  scope.schema.typeKeys.add(scope.schema.typeKey(namesIn(domainname)));
  const kinds = (Array.isArray(constraints) ? constraints : []).map(
    one => ((one as Node).Constraint as Node)?.contype,
  );
  scope.schema.domains.set(name, {
    base: typeOf(typeName),
    constrained: kinds.some(kind => kind === 'CONSTR_CHECK' || kind === 'CONSTR_NOTNULL'),
  });
}

export function alterDomain(scope: Scope, { subtype, typeName, def, name }: Node): void {
  const { schema } = scope;
  const domain = namesIn(typeName).at(-1) ?? '';
  const constraint = (def as Node | undefined)?.Constraint as Node | undefined;
  // C adds, O sets not null, V validates, X drops, N drops not null.
  const adds = subtype === 'C' || subtype === 'O';
  if (adds) {
    const was = schema.domains.get(domain);
    if (was) schema.domains.set(domain, { ...was, constrained: true });
  }
  if (subtype === 'X' || subtype === 'N') {
    scope.report({
      rule: subtype === 'X' ? 'drop-constraint' : 'drop-not-null',
      message: `The domain ${domain} now accepts what ${subtype === 'X' ? String(name) : 'NOT NULL'} rejected.`,
    });
  }
  if (subtype === 'C' && constraint?.skip_validation === true) return;
  if (!adds && subtype !== 'V') return;
  // PostgreSQL 19 takes a weaker lock
  const blocks = subtype !== 'V' || scope.server.version < 19;
  for (const [table, column] of using(scope, domain)) {
    if (!blocks) scope.lock(table, 'SHARE UPDATE EXCLUSIVE');
    else {
      scope.report({
        rule: 'domain-constraint-scans',
        table,
        lock: 'SHARE',
        scans: true,
        message: `Every row of ${schema.nameOf(table)} is checked, because ${column} is of the domain ${domain}; its writes wait meanwhile.`,
        question:
          subtype === 'O'
            ? { sql: `select * from ${quotedTable(table)} where ${quoted(column)} is null` }
            : undefined,
      });
    }
  }
  if (blocks && !schema.domains.has(domain)) {
    scope.report({
      rule: 'domain-constraint-scans',
      message: `Every row of the tables that use the domain ${domain} is checked; their writes wait meanwhile.`,
    });
  }
}

function using({ schema }: Scope, type: string): [Table, string][] {
  return [...schema.tables.values()].flatMap(table => {
    const column = [...table.columns.values()].find(one => one.type.name === type);
    return column ? [[table, column.name] as [Table, string]] : [];
  });
}

/** CREATE TYPE … AS (…). */
export function createComposite({ schema }: Scope, { typevar }: Node): void {
  const { schemaname, relname: name = '' } = (typevar ?? {}) as { schemaname?: string; relname?: string };
  schema.typeKeys.add(schema.typeKey(schemaname === undefined ? [name] : [schemaname, name]));
  schema.types.add(name);
  schema.composites.add(name);
}

/** CREATE TYPE … AS ENUM. */
export function createEnum(scope: Scope, { typeName, vals }: Node): void {
  const name = namesIn(typeName).at(-1) ?? '';
  scope.schema.types.add(name);
  scope.schema.typeKeys.add(scope.schema.typeKey(namesIn(typeName)));
  scope.newTypes.add(name);
  scope.newEnums.set(name, namesIn(vals));
}

/** ALTER TYPE … ADD VALUE and RENAME VALUE. */
export function alterEnum(scope: Scope, { typeName, oldVal, newVal }: Node): void {
  const name = namesIn(typeName).at(-1) ?? '';
  const values = scope.newEnums.get(name)?.filter(value => value !== oldVal);
  if (values) scope.newEnums.set(name, [...values, String(newVal)]);
  if (oldVal) {
    scope.report({
      rule: 'rename-enum-value',
      made: scope.newTypes.has(name),
      message: `Running clients that use '${String(oldVal)}' of ${name} fail once it is renamed to '${String(newVal)}'.`,
    });
  } else if (!scope.newTypes.has(name)) scope.newValues.set(String(newVal), name);
}

/** Enum values that this transaction added cannot be used in it. */
export function newValueUsed(scope: Scope, tree: Node): void {
  for (const node of scope.newValues.size > 0 ? nodesOf(tree, 'A_Const') : []) {
    const value = (node.sval as { sval?: string } | undefined)?.sval;
    const type = value === undefined ? undefined : scope.newValues.get(value);
    if (value === undefined || type === undefined) continue;
    scope.newValues.delete(value);
    scope.report({
      rule: 'enum-value-used',
      message: `'${value}' was added to ${type} in the same transaction, and seems to be used here: PostgreSQL refuses that.`,
    });
  }
}
