/*
 * Writes docs/schemas, a JSON schema for the --json output of each command, from the types in
 * src/cli/answers.ts:
 *
 *   node scripts/json-schemas.ts
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createGenerator, type Schema } from 'ts-json-schema-generator';

const folder = fileURLToPath(new URL('../docs/schemas/', import.meta.url));

/**
 * The schema of each command by its file name without the extension, such as `fleet-status`. Objects may have
 * additional fields, because fields may be added later.
 */
export function jsonSchemas(): Readonly<Record<string, Schema>> {
  const { definitions = {} } = createGenerator({
    path: fileURLToPath(new URL('../src/cli/answers.ts', import.meta.url)),
    tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)),
    type: 'Answers',
    topRef: true,
    expose: 'export',
    additionalProperties: true,
    skipTypeCheck: true,
  }).createSchema('*');
  const answers = (definitions.Answers as Schema).properties ?? {};
  return Object.fromEntries(
    Object.entries(answers).map(([command, answer]) => [
      command.replaceAll(' ', '-'),
      closed(command, answer as Schema, definitions as Record<string, Schema>),
    ]),
  );
}

/** A self-contained schema: with its definitions, and the error that any command may print. */
function closed(command: string, answer: Schema, definitions: Record<string, Schema>): Schema {
  const body = { anyOf: [...(answer.anyOf ?? [answer]), { $ref: '#/definitions/ErrorAnswer' }] };
  const needed = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const name = key === '$ref' ? decodeURIComponent(String(inner).replace('#/definitions/', '')) : null;
      if (name === null) visit(inner);
      else if (!needed.has(name)) {
        needed.add(name);
        visit(definitions[name]);
      }
    }
  };
  visit(body);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `migtui ${command} --json`,
    ...body,
    definitions: Object.fromEntries([...needed].sort().map(name => [name, definitions[name] as Schema])),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    writeFileSync(`${folder}${name}.json`, `${JSON.stringify(schema, null, 2)}\n`);
  }
}
