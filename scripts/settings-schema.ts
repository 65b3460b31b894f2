/*
 * Writes docs/settings.schema.json from the schema that validates settings:
 *
 *   node scripts/settings-schema.ts
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import { settingsSchema } from '../src/settings/schema.ts';

/** The JSON schema of a settings file. */
export function settingsJsonSchema(): object {
  // What a JSON schema cannot express (the format of a duration) is in the descriptions.
  return toJsonSchema(settingsSchema, { errorMode: 'ignore' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL('../docs/settings.schema.json', import.meta.url));
  writeFileSync(file, `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`);
}
