import { type Node, namesIn } from '../../safety/parse.ts';
import { only, onlyCommand, tableIn } from './statement.ts';

/**
 * The effect of a statement, to find the statement that reverts it: `constraint t a`, `index b`, `not null t
 * c`.
 */
export function madeBy(sql: string): string | null {
  const { type, tree } = only(sql) ?? { type: '', tree: {} as Node };
  if (type === 'IndexStmt') return `index ${String(tree.idxname)}`;
  if (type === 'RenameStmt') return renamed(tree, String(tree.subname ?? ''), String(tree.newname));
  if (type === 'DropStmt' && tree.removeType === 'OBJECT_TABLE') return `no table ${dropped(tree)}`;
  const command = type === 'AlterTableStmt' ? onlyCommand(tree) : null;
  if (!command) return null;
  const table = tableIn(tree);
  const { Constraint, ColumnDef } = (command.def ?? {}) as { Constraint?: Node; ColumnDef?: Node };
  switch (command.subtype) {
    case 'AT_SetNotNull':
      return `not null ${table} ${String(command.name)}`;
    case 'AT_AddColumn':
      return `column ${table} ${String(ColumnDef?.colname)}`;
    case 'AT_DropColumn':
      return `no column ${table} ${String(command.name)}`;
    case 'AT_AlterColumnType':
      return `type ${table} ${String(command.name)}`;
    default:
      return Constraint?.conname === undefined ? null : `constraint ${table} ${String(Constraint.conname)}`;
  }
}

/** The column whose default or NOT NULL a statement changes: `t c`. */
export function columnChangedBy(sql: string): string | null {
  const { type, tree } = only(sql) ?? { type: '', tree: {} as Node };
  const command = type === 'AlterTableStmt' ? onlyCommand(tree) : null;
  const changes = ['AT_ColumnDefault', 'AT_SetNotNull', 'AT_DropNotNull'].includes(String(command?.subtype));
  return command && changes ? `${tableIn(tree)} ${String(command.name)}` : null;
}

/** What a statement reverts, in the same format. */
export function undoneBy(sql: string): string | null {
  const { type, tree } = only(sql) ?? { type: '', tree: {} as Node };
  if (type === 'DropStmt' && tree.removeType === 'OBJECT_INDEX') return `index ${dropped(tree)}`;
  if (type === 'CreateStmt') return `no table ${relation(tree)}`;
  if (type === 'RenameStmt') return renamed(tree, String(tree.newname), String(tree.subname ?? ''));
  const command = type === 'AlterTableStmt' ? onlyCommand(tree) : null;
  if (!command) return null;
  const table = tableIn(tree);
  const { ColumnDef } = (command.def ?? {}) as { ColumnDef?: Node };
  switch (command.subtype) {
    case 'AT_DropNotNull':
      return `not null ${table} ${String(command.name)}`;
    case 'AT_DropColumn':
      return `column ${table} ${String(command.name)}`;
    case 'AT_AddColumn':
      return `no column ${table} ${String(ColumnDef?.colname)}`;
    case 'AT_AlterColumnType':
      return `type ${table} ${String(command.name)}`;
    case 'AT_DropConstraint':
      return `constraint ${table} ${String(command.name)}`;
    default:
      return null;
  }
}

/** A column keeps its table; for a table, the other name is that in the statement. */
function renamed(tree: Node, from: string, to: string): string | null {
  if (tree.renameType === 'OBJECT_COLUMN') return `column name ${relation(tree)} ${from} ${to}`;
  if (tree.renameType !== 'OBJECT_TABLE') return null;
  const names = [relation(tree).split('.').at(-1), String(tree.newname)].sort();
  return `table name ${names.join(' ')}`;
}

function relation({ relation }: Node): string {
  const { schemaname, relname } = (relation ?? {}) as { schemaname?: string; relname?: string };
  return [schemaname, relname].filter(Boolean).join('.');
}

/** The only object that is dropped; for an index without its schema. */
function dropped({ objects, removeType }: Node): string | null {
  const [object, ...more] = objects as { List?: { items?: unknown } }[];
  if (more.length > 0) return null;
  const names = namesIn(object?.List?.items);
  return removeType === 'OBJECT_INDEX' ? (names.at(-1) ?? null) : names.join('.');
}
