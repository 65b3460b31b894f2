import { type Node, namesIn, type Statement, splitSync } from '../safety/parse.ts';
import { quoted, quotedTable } from './questions.ts';

/** What one new revision does. */
export interface Phase {
  /** What it is called, for its name. */
  readonly what: string;
  readonly up: readonly string[];
  readonly down: readonly string[];
  readonly transactional: boolean;
}

/** A revision in its safe form: what leaves it, and the revisions that do that instead, in order. */
export interface SafeForm {
  /** Texts of `up()` that go. */
  readonly leaving: readonly string[];
  /** Texts of `down()` that go with them. */
  readonly leavingDown: readonly string[];
  readonly phases: readonly Phase[];
}

/** How one statement is done without blocking anybody for long. */
interface Rewrite {
  /** Built outside of a transaction, one revision for each. */
  readonly concurrently: readonly string[];
  /** Quick, with nothing checked. */
  readonly now: readonly string[];
  /** Checks, blocking nobody. */
  readonly validate: readonly string[];
  /** Quick, once all is checked. */
  readonly finish: readonly string[];
  /** The way back of each part. */
  readonly back: {
    readonly concurrently: readonly string[];
    readonly now: readonly string[];
    readonly finish: readonly string[];
  };
}

/**
 * Finds the safe form of statements that the rules call a danger. Each text is one statement; what has no safe form that
 * is known stays where it is.
 * @param dangerous whether a text has a danger
 * @returns null where nothing can be done
 */
export function safeForm(
  up: readonly string[],
  down: readonly string[],
  dangerous: (sql: string) => boolean,
): SafeForm | null {
  const found = up.flatMap(sql => {
    const rewrite = dangerous(sql) ? rewriteOf(sql) : null;
    return rewrite ? [{ sql, rewrite }] : [];
  });
  if (found.length === 0) return null;
  const all = (of: (one: Rewrite) => readonly string[]): string[] =>
    found.flatMap(({ rewrite }) => of(rewrite));
  const phases: Phase[] = [
    ...(all(one => one.now).length > 0
      ? [{ what: 'not valid', up: all(one => one.now), down: all(one => one.back.now), transactional: true }]
      : []),
    ...found.flatMap(({ rewrite }) =>
      rewrite.concurrently.length === 0
        ? []
        : [
            {
              what: 'concurrently',
              up: rewrite.concurrently,
              down: rewrite.back.concurrently,
              transactional: false,
            },
          ],
    ),
    ...(all(one => one.validate).length > 0
      ? [{ what: 'validate', up: all(one => one.validate), down: [], transactional: true }]
      : []),
    ...(all(one => one.finish).length > 0
      ? [
          {
            what: 'finish',
            up: all(one => one.finish),
            down: all(one => one.back.finish),
            transactional: true,
          },
        ]
      : []),
  ];
  const taken = new Set(found.flatMap(({ sql }) => madeBy(sql) ?? []));
  return {
    leaving: found.map(({ sql }) => sql),
    leavingDown: down.filter(sql => taken.has(undoneBy(sql) ?? '')),
    phases,
  };
}

const nothing: Rewrite = {
  concurrently: [],
  now: [],
  validate: [],
  finish: [],
  back: { concurrently: [], now: [], finish: [] },
};

function only(sql: string): Statement | null {
  const [statement, ...more] = splitSync(sql) ?? [];
  return statement && more.length === 0 ? statement : null;
}

function rewriteOf(sql: string): Rewrite | null {
  const statement = only(sql);
  if (statement?.type === 'IndexStmt') return indexOf(statement);
  if (statement?.type !== 'AlterTableStmt' || statement.tree.objtype !== 'OBJECT_TABLE') return null;
  const command = onlyCommand(statement.tree);
  if (!command) return null;
  const table = tableIn(statement.tree);
  const constraint = ((command.def as Node | undefined)?.Constraint ?? {}) as Node;
  if (command.subtype === 'AT_SetNotNull') return notNullOf(table, String(command.name));
  if (command.subtype !== 'AT_AddConstraint' || typeof constraint.conname !== 'string') return null;
  return constraintOf(statement.text, table, constraint);
}

function indexOf({ text, tree }: Statement): Rewrite | null {
  if (tree.concurrent === true || typeof tree.idxname !== 'string') return null;
  const sql = withoutSemicolon(text).replace(/^(\s*create\s+(?:unique\s+)?index)\b/i, '$1 concurrently');
  const { schemaname } = (tree.relation ?? {}) as { schemaname?: string };
  const name = schemaname ? `${quoted(schemaname)}.${quoted(tree.idxname)}` : quoted(tree.idxname);
  return {
    ...nothing,
    concurrently: [sql],
    back: { ...nothing.back, concurrently: [`drop index concurrently if exists ${name}`] },
  };
}

function notNullOf(table: string, column: string): Rewrite {
  const name = quoted(`${column}_not_null_check`);
  return {
    ...nothing,
    now: [`alter table ${table} add constraint ${name} check (${quoted(column)} is not null) not valid`],
    validate: [`alter table ${table} validate constraint ${name}`],
    finish: [
      `alter table ${table} alter column ${quoted(column)} set not null`,
      `alter table ${table} drop constraint ${name}`,
    ],
    back: {
      concurrently: [],
      now: [`alter table ${table} drop constraint ${name}`],
      finish: [
        `alter table ${table} add constraint ${name} check (${quoted(column)} is not null) not valid`,
        `alter table ${table} alter column ${quoted(column)} drop not null`,
      ],
    },
  };
}

function constraintOf(text: string, table: string, constraint: Node): Rewrite | null {
  const name = quoted(constraint.conname as string);
  const drop = `alter table ${table} drop constraint ${name}`;
  switch (constraint.contype) {
    case 'CONSTR_CHECK':
    case 'CONSTR_FOREIGN':
      return {
        ...nothing,
        now: [`${withoutSemicolon(text)} not valid`],
        validate: [`alter table ${table} validate constraint ${name}`],
        back: { ...nothing.back, now: [drop] },
      };
    case 'CONSTR_UNIQUE': {
      if (constraint.indexname || constraint.deferrable || constraint.nulls_not_distinct) return null;
      const columns = namesIn(constraint.keys).map(quoted).join(', ');
      return {
        ...nothing,
        concurrently: [`create unique index concurrently ${name} on ${table} (${columns})`],
        finish: [`alter table ${table} add constraint ${name} unique using index ${name}`],
        // with its constraint the index is gone already
        back: {
          ...nothing.back,
          concurrently: [`drop index concurrently if exists ${name}`],
          finish: [drop],
        },
      };
    }
    default:
      return null;
  }
}

/** What a statement makes, to find what takes it back: `constraint a`, `index b`, `not null c`. */
function madeBy(sql: string): string | null {
  const { type, tree } = only(sql) ?? { type: '', tree: {} as Node };
  if (type === 'IndexStmt') return `index ${String(tree.idxname)}`;
  const command = onlyCommand(tree);
  if (command?.subtype === 'AT_SetNotNull') return `not null ${tableIn(tree)} ${String(command.name)}`;
  const { conname } = ((command?.def as Node | undefined)?.Constraint ?? {}) as { conname?: string };
  return conname === undefined ? null : `constraint ${tableIn(tree)} ${conname}`;
}

function undoneBy(sql: string): string | null {
  const { type, tree } = only(sql) ?? { type: '', tree: {} as Node };
  if (type === 'DropStmt' && tree.removeType === 'OBJECT_INDEX') {
    const [object, ...more] = tree.objects as { List?: { items?: unknown } }[];
    return more.length > 0 ? null : `index ${namesIn(object?.List?.items).at(-1)}`;
  }
  const command = type === 'AlterTableStmt' ? onlyCommand(tree) : null;
  if (command?.subtype === 'AT_DropNotNull') return `not null ${tableIn(tree)} ${String(command.name)}`;
  return command?.subtype === 'AT_DropConstraint'
    ? `constraint ${tableIn(tree)} ${String(command.name)}`
    : null;
}

function onlyCommand({ cmds }: Node): Node | null {
  if (!Array.isArray(cmds) || cmds.length !== 1) return null;
  return (cmds[0] as { AlterTableCmd?: Node }).AlterTableCmd ?? null;
}

function tableIn({ relation }: Node): string {
  const { schemaname, relname } = (relation ?? {}) as { schemaname?: string; relname?: string };
  return schemaname ? quotedTable({ schema: schemaname, name: relname ?? '' }) : quoted(relname ?? '');
}

function withoutSemicolon(sql: string): string {
  return sql.trim().replace(/;\s*$/, '');
}
