import type { Problem } from '../../foundation/failure.ts';
import type { Node } from './estree.ts';
import { parseSync } from './oxc.ts';
import type { Field, ParsedMigration } from './parsed-migration.ts';
import { readableFields } from './readable-fields.ts';
import { scanMigration } from './scan-migration.ts';

const fields: readonly Field[] = ['revises', 'dependsOn', 'labels', 'replaces'];

/**
 * Reads the declarations of a migration file without running it. TypeScript, or JavaScript as written by
 * compilers (static fields, static blocks, or assignments after the class).
 * @param id migration name
 * @param file path for messages; its extension selects the dialect
 */
export function parseMigration(id: string, file: string, source: string): ParsedMigration {
  return scanMigration(id, file, source)?.parsed ?? parseTree(id, file, source);
}

/** The same by the parser's tree, whatever the file is like. */
export function parseTree(id: string, file: string, source: string): ParsedMigration {
  const problems: Problem[] = [];
  const lineOf = (offset: number): number => source.slice(0, offset).split('\n').length;
  const problem = (code: string, message: string, offset: number): void => {
    problems.push({ code, message, revision: id, file, line: lineOf(offset) });
  };
  const parsed = parseSync(file, source);
  const syntax = parsed.errors.find(error => error.severity === 'Error');
  if (syntax) {
    problem('unreadable-file', `does not parse: ${syntax.message}`, syntax.labels[0]?.start ?? 0);
    return { declaration: { id, ...readableFields(source), file }, problems, body: null, members: {} };
  }
  const program = parsed.program as unknown as Node;
  const found = migrationClass(program);
  // Exports of another file are known only at run time.
  if (!found && reexports(program)) return { declaration: { id, file }, problems, body: null, members: {} };
  if (!found) {
    problem('no-migration-class', 'exports no migration class', 0);
    return { declaration: { id, ...readableFields(source), file }, problems, body: null, members: {} };
  }
  const values: Partial<Record<Field, readonly string[]>> = {};
  const members: ParsedMigration['members'] = {};
  const read = (field: Field, value: Node | null, range: Node): void => {
    members[field] = { start: range.start, end: range.end };
    const list = value && literals(value);
    if (list) values[field] = list;
    else {
      problem(
        'not-literal',
        `"static ${field}" must be an array of string literals, because migtui reads it without running the file`,
        range.start,
      );
    }
  };
  for (const member of found.members) {
    const field = fields.find(name => name === nameOf(member.key as Node | null, member.computed === true));
    if (member.type === 'PropertyDefinition' && member.static === true && field) {
      read(field, member.value as Node | null, member);
    }
    if (member.type === 'StaticBlock') assignments(member.body as Node[], 'this', read);
  }
  if (found.name) assignments(program.body as Node[], found.name, read);
  const body = found.node.body as Node;
  return {
    declaration: { id, ...values, file, line: lineOf(found.node.start) },
    problems,
    body: { start: body.start, end: body.end },
    members,
  };
}

interface FoundClass {
  readonly node: Node;
  readonly name: string | null;
  readonly members: readonly Node[];
}

/** The class with an `up` method: helper classes may be in the same file. */
function migrationClass(program: Node): FoundClass | null {
  const classes: FoundClass[] = [];
  const add = (node: Node | null | undefined, name: string | null): void => {
    if (node?.type !== 'ClassDeclaration' && node?.type !== 'ClassExpression') return;
    const own = (node.id as { name: string } | null)?.name ?? null;
    classes.push({ node, name: name ?? own, members: (node.body as { body: Node[] }).body });
  };
  for (const statement of program.body as Node[]) {
    add(statement, null);
    const declaration = statement.declaration as Node | null | undefined;
    if (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration') {
      add(declaration, null);
    }
    const variables = statement.type === 'VariableDeclaration' ? statement : declaration;
    if (variables?.type === 'VariableDeclaration') {
      for (const { id, init } of variables.declarations as { id: Node; init: Node | null }[]) {
        add(init, (id.name as string | undefined) ?? null);
      }
    }
    if (statement.type === 'ExpressionStatement') {
      const { right } = statement.expression as { right?: Node };
      add(right, null);
    }
  }
  const hasUp = (found: FoundClass): boolean =>
    found.members.some(member => nameOf(member.key as Node | null, member.computed === true) === 'up');
  const isMigration = (found: FoundClass): boolean =>
    /Migration$/.test(((found.node.superClass as { name?: string } | null)?.name ?? '') as string);
  // A class that extends the project's own base class, which may contain `up`.
  const isDerived = (found: FoundClass): boolean => found.node.superClass != null;
  return classes.find(hasUp) ?? classes.find(isMigration) ?? classes.find(isDerived) ?? null;
}

function reexports(program: Node): boolean {
  return (program.body as Node[]).some(
    ({ type, source }) => /^Export(All|Named)Declaration$/.test(type) && source != null,
  );
}

function assignments(
  statements: readonly Node[],
  target: string,
  read: (field: Field, value: Node, range: Node) => void,
): void {
  for (const statement of statements) {
    if (statement.type !== 'ExpressionStatement') continue;
    const expression = statement.expression as Node;
    if (expression.type === 'AssignmentExpression') {
      const left = expression.left as Node;
      const object = left.object as Node | undefined;
      const owner = object?.type === 'ThisExpression' ? 'this' : (object?.name as string | undefined);
      const field = fields.find(
        name => name === nameOf(left.property as Node | null, left.computed === true),
      );
      if (left.type === 'MemberExpression' && owner === target && field) {
        read(field, expression.right as Node, statement);
      }
      continue;
    }
    // `__publicField(Class, "revises", [...])`: esbuild's form.
    const args = expression.arguments as Node[] | undefined;
    if (expression.type !== 'CallExpression' || args?.length !== 3) continue;
    const [owner, key, value] = args as [Node, Node, Node];
    const ownerName = owner.type === 'ThisExpression' ? 'this' : owner.name;
    const field = fields.find(name => name === key.value);
    if (ownerName === target && field) read(field, value, statement);
  }
}

function nameOf(key: Node | null | undefined, computed: boolean): string | null {
  if (!key) return null;
  if (typeof key.value === 'string') return key.value;
  return !computed && typeof key.name === 'string' ? key.name : null;
}

function literals(node: Node): readonly string[] | null {
  if (/^(TSAsExpression|TSSatisfiesExpression|ParenthesizedExpression)$/.test(node.type)) {
    return literals(node.expression as Node);
  }
  if (node.type === 'CallExpression' && (node.callee as Node).type === 'MemberExpression') {
    const { object, property } = node.callee as unknown as { object: Node; property: Node };
    const frozen = object.name === 'Object' && property.name === 'freeze';
    return frozen && (node.arguments as Node[]).length === 1
      ? literals((node.arguments as Node[])[0]!)
      : null;
  }
  if (node.type !== 'ArrayExpression') return null;
  const values: string[] = [];
  for (const element of node.elements as (Node | null)[]) {
    const plain =
      element?.type === 'Literal' && typeof element.value === 'string'
        ? element.value
        : element?.type === 'TemplateLiteral' && (element.expressions as Node[]).length === 0
          ? (element.quasis as { value: { cooked: string } }[])[0]!.value.cooked
          : null;
    if (plain === null) return null;
    values.push(plain);
  }
  return values;
}
