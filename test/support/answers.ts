import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';

/*
 * The --json output is validated with the published schemas (docs/schemas) wherever a test runs a command
 * with it.
 */

const file = (name: string): string =>
  fileURLToPath(new URL(`../../docs/schemas/${name}.json`, import.meta.url));

/** Names that differ from those of the schema. */
const aliases: Readonly<Record<string, string>> = { list: 'history', up: 'upgrade', down: 'downgrade' };

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const known = new Map<string, ValidateFunction | null>();

/**
 * Validates the JSON output of a command with its schema, without allowing unknown fields. Truncated or
 * invalid
 * text is checked by the tests themselves.
 * @param args the arguments of migtui
 */
export function checkAnswer(args: readonly string[], stdout: string): void {
  if (!args.includes('--json')) return;
  const validate = validator(commandIn(args));
  if (!validate) return;
  for (const value of valuesIn(stdout)) {
    if (validate(value)) continue;
    const errors = (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    );
    throw new Error(
      `migtui ${args.join(' ')} prints what is not in its schema:\n${[...new Set(errors)].join('\n')}\n${stdout.slice(0, 2000)}`,
    );
  }
}

/**
 * The name of the schema: that of the command, both words for `fleet`; without a command, that of the status.
 */
function commandIn(args: readonly string[]): string {
  const words = args.filter(arg => !arg.startsWith('-'));
  const command = words.find(word => existsSync(file(word)) || word in aliases || word === 'fleet');
  if (command === undefined) return 'status';
  if (command === 'fleet') return `fleet-${words[words.indexOf('fleet') + 1]}`;
  return aliases[command] ?? command;
}

function validator(name: string): ValidateFunction | null {
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  const made = existsSync(file(name))
    ? ajv.compile(closed(JSON.parse(readFileSync(file(name), 'utf8'))))
    : null;
  known.set(name, made);
  return made;
}

/** The schema without additional fields, which the published one allows. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isObject = inner.type === 'object' && inner.properties && !('additionalProperties' in inner);
  return (isObject ? { ...inner, additionalProperties: false } : inner) as T;
}

/** One value, or one per line. */
function valuesIn(stdout: string): unknown[] {
  try {
    return [JSON.parse(stdout)];
  } catch {
    try {
      return stdout
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as unknown);
    } catch {
      return [];
    }
  }
}
