import type { Node } from './estree.ts';
import { parseSync } from './oxc.ts';

/** Placeholder for a name that only an instance can provide. */
export const computedName = Symbol('computed');

const known = new WeakMap<object, string | undefined | typeof computedName>();

/**
 * The `name` of instances of a migration's class, which MikroORM prefers to the class's own. It is read from
 * the source of the class: creating an instance would run code of a migration that is only previewed.
 * @returns `computedName` if it is not a string literal
 */
export function listedName(listed: object): string | undefined | typeof computedName {
  if (known.has(listed)) return known.get(listed);
  let name: string | undefined | typeof computedName;
  for (
    let at: unknown = listed;
    typeof at === 'function' && name === undefined;
    at = Object.getPrototypeOf(at)
  ) {
    name = nameIn(Function.prototype.toString.call(at));
  }
  known.set(listed, name);
  return name;
}

function nameIn(text: string): string | undefined | typeof computedName {
  const { program, errors } = parseSync('class.js', `(${text})`);
  if (errors.length > 0) return undefined;
  const [statement] = (program as unknown as { body: Node[] }).body;
  let found = statement?.expression as Node | undefined;
  if (found?.type === 'ParenthesizedExpression') found = found.expression as Node;
  if (found?.type !== 'ClassExpression') return undefined;
  let name: string | undefined | typeof computedName;
  for (const member of (found.body as { body: Node[] }).body) {
    if (member.static === true) continue;
    const isConstructor = member.type === 'MethodDefinition' && member.kind === 'constructor';
    // Assignments in a constructor run after the fields.
    if (isConstructor) name = assignedName(member.value as Node) ?? name;
    else if (keyOf(member) === 'name' && member.value)
      name ??= literal(member.value as Node | null) ?? computedName;
  }
  return name;
}

/** `this.name = '…'`, or `__publicField(this, 'name', '…')` as compilers write a field. */
function assignedName({ body }: Node): string | undefined | typeof computedName {
  let name: string | undefined | typeof computedName;
  for (const { expression } of (body as { body: Node[] }).body) {
    const { type, left, right, arguments: given } = (expression ?? {}) as Node;
    const { object, property } = (left ?? {}) as { object?: Node; property?: Node };
    const isName = object?.type === 'ThisExpression' && property?.name === 'name';
    if (type === 'AssignmentExpression' && isName) name = literal(right as Node) ?? computedName;
    const [owner, key, value] = (type === 'CallExpression' ? given : []) as Node[];
    if (owner?.type === 'ThisExpression' && key?.value === 'name') {
      name = (value && literal(value)) ?? computedName;
    }
  }
  return name;
}

function keyOf({ key, computed }: Node): unknown {
  const { type, name, value } = (key ?? {}) as Node;
  return type === 'Identifier' && computed !== true ? name : value;
}

function literal(node: Node | null): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  const [quasi, ...more] = (node?.type === 'TemplateLiteral' ? node.quasis : []) as {
    value: { cooked: string };
  }[];
  return more.length === 0 ? quasi?.value.cooked : undefined;
}
