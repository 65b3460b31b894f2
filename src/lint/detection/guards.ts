import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import { commandEvents, type Event, type Guard, keyOf, type Table } from '../objects.ts';
import type { Scope } from '../scope.ts';
import { columnsIn } from '../volatility.ts';
import { tooOld } from './add-column.ts';
import { sourcesOf } from './create-table.ts';

/** CREATE TRIGGER. */
export function createTrigger(scope: Scope, tree: Node): void {
  const table = scope.schema.of(tree.relation);
  scope.lock(table, 'SHARE ROW EXCLUSIVE');
  const events = Number(tree.events);
  guard(scope, table, {
    kind: 'trigger',
    name: String(tree.trigname),
    events: triggerEvents.filter((_, bit) => (events & (4 << bit)) !== 0),
    instead: Number(tree.timing) === insteadOf,
    routine: namesIn(tree.funcname).at(-1) ?? null,
    columns: [...namesIn(tree.columns), ...columnsIn(tree.whenClause)],
    reads: [],
    actions: [],
  });
  if (tree.replace === true && scope.server.version < 14) tooOld(scope, 'CREATE OR REPLACE TRIGGER', 14);
}

/** As PostgreSQL numbers them from the third bit on. */
const triggerEvents: readonly Event[] = ['insert', 'delete', 'update', 'truncate'];
const insteadOf = 64;

/** CREATE RULE. */
export function createRule(scope: Scope, tree: Node): void {
  const table = scope.schema.of(tree.relation);
  scope.lock(table, 'ACCESS EXCLUSIVE');
  const event = commandEvents[String(tree.event)];
  guard(scope, table, {
    kind: 'rule',
    name: String(tree.rulename),
    events: event ? [event] : [],
    instead: tree.instead === true,
    routine: null,
    columns: [],
    reads: others(scope, table, tree.actions),
    actions: Array.isArray(tree.actions) ? tree.actions : [],
  });
}

/** CREATE POLICY. */
export function createPolicy(
  scope: Scope,
  { table: range, policy_name: name, qual, with_check: check }: Node,
): void {
  const table = scope.schema.of(range);
  scope.lock(table, 'ACCESS EXCLUSIVE');
  const conditions = [qual, check];
  const plain = { kind: 'policy', events: [], instead: false, routine: null, actions: [] } as const;
  // Names in a subquery may be those of other tables.
  const nested = [...nodesOf(conditions, 'SubLink')].length > 0;
  guard(scope, table, {
    ...plain,
    name: String(name),
    columns: nested ? [] : columnsIn(conditions),
    reads: others(scope, table, conditions),
  });
}

/** The keys of the tables and views that code names, without its own. */
function others({ schema }: Scope, own: Table, code: unknown): string[] {
  const written = [...nodesOf(code, 'relation')].filter(({ relname }) => relname !== undefined);
  const keys = [...sourcesOf(schema, code), ...written.map(range => keyOf(schema.of(range)))];
  return keys.filter(key => key !== keyOf(own));
}

function guard({ schema }: Scope, table: Table, made: Guard): void {
  const rest = table.guards.filter(one => one.kind !== made.kind || one.name !== made.name);
  schema.change(table, { guards: [...rest, made] });
}
