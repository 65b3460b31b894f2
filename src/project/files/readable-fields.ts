import type { Field } from './parsed-migration.ts';

const declared =
  /^[ \t]*static[ \t]+(?:readonly[ \t]+)?(revises|dependsOn|labels|replaces)[ \t]*=[ \t]*\[([^[\]]*)\]/gm;

/**
 * The declarations that can be read in a file that does not parse or has no migration class, so that its place in the
 * graph stays known. One that is there twice with different values is left out.
 */
export function readableFields(source: string): Partial<Record<Field, readonly string[]>> {
  const found: Partial<Record<Field, readonly string[]>> = {};
  const unclear = new Set<string>();
  for (const [, name, list = ''] of source.matchAll(declared)) {
    const field = name as Field;
    const items = list.split(',').map(item => item.trim());
    if (items.at(-1) === '') items.pop();
    const values = items.map(item => /^(['"`])([^'"`\\$]*)\1$/.exec(item)?.[2]);
    const plain = values.every(value => value !== undefined);
    if (!plain || (found[field] && found[field].join() !== values.join())) unclear.add(field);
    else found[field] = values as string[];
  }
  for (const field of unclear) delete found[field as Field];
  return found;
}
