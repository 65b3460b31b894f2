import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { repository } from './project.ts';

/** A node of the parser's tree. */
// biome-ignore lint/suspicious/noExplicitAny: any node
type Node = any;

const word = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** The strings that an expression can be. */
function stringsOf(node: Node): string[] {
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'string' && word.test(node.value) ? [node.value] : [];
    case 'ConditionalExpression':
      return [...stringsOf(node.consequent), ...stringsOf(node.alternate)];
    case 'LogicalExpression':
      return [...stringsOf(node.left), ...stringsOf(node.right)];
    case 'TSAsExpression':
      return stringsOf(node.expression);
    default:
      return [];
  }
}

function walk(node: Node, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const one of node) walk(one, visit);
  else if (typeof node === 'object' && node !== null) {
    if (typeof node.type === 'string') visit(node);
    for (const [key, value] of Object.entries(node)) if (key !== 'parent') walk(value, visit);
  }
}

const parameterName = (node: Node): string | undefined =>
  node.type === 'AssignmentPattern' ? node.left.name : (node.parameter?.name ?? node.name);

/** Where a function takes a code: by its name, the position of that parameter. */
function takersIn(programs: readonly Node[]): Map<string, number> {
  const takers = new Map<string, number>();
  const add = (name: string | undefined, params: readonly Node[] = []): void => {
    const at = params.findIndex(one => parameterName(one) === 'code');
    if (name && at >= 0) takers.set(name, at);
  };
  for (const program of programs) {
    let inClass: string | undefined;
    walk(program, node => {
      if (node.type === 'ClassDeclaration') inClass = node.id?.name;
      if (node.type === 'FunctionDeclaration') add(node.id?.name, node.params);
      if (node.type === 'VariableDeclarator' && /Function/.test(node.init?.type ?? ''))
        add(node.id.name, node.init.params);
      if (node.type === 'MethodDefinition')
        add(node.kind === 'constructor' ? inClass : node.key.name, node.value.params);
    });
  }
  return takers;
}

/** The program's files, with their text. */
function sources(): [file: string, text: string][] {
  const names = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' });
  // The app shows errors of the engine; its own are never printed.
  const files = names.filter(name => /\.tsx?$/.test(name) && !name.startsWith('tui'));
  return files.map(name => [`src/${name}`, readFileSync(join(repository, 'src', name), 'utf8')]);
}

/** Every code in these files, with the files that contain it: of errors, problems, warnings and notices. */
export function codesInSource(files = sources()): Map<string, Set<string>> {
  const programs = files.map(([file, text]) => parseSync(file, text).program);
  const takers = takersIn(programs);
  const codes = new Map<string, Set<string>>();
  for (const [at, program] of programs.entries()) {
    const [file] = files[at] as [string, string];
    const found = (node: Node): void => {
      for (const code of stringsOf(node)) codes.set(code, (codes.get(code) ?? new Set()).add(file));
    };
    walk(program, node => {
      if (node.type === 'Property' && (node.key.name ?? node.key.value) === 'code') found(node.value);
      if (node.type === 'NewExpression' || node.type === 'CallExpression') {
        const position = takers.get(node.callee.name ?? node.callee.property?.name);
        if (position !== undefined) found(node.arguments[position]);
      }
      if (node.type === 'TSTypeAliasDeclaration' && node.id.name.endsWith('Code'))
        walk(node.typeAnnotation, type => found(type.type === 'TSLiteralType' ? type.literal : null));
      // A table of codes.
      if (node.type === 'VariableDeclarator' && node.id.name === 'codes')
        for (const { value } of node.init?.properties ?? []) found(value);
    });
  }
  return codes;
}
