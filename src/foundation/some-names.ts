import { grouped } from './grouped.ts';

/** The first names, and how many more there are: `tenant_1, tenant_2, tenant_3 and 12 more`. */
export function someNames(names: readonly string[], few = 3): string {
  const more = names.length - few;
  return `${names.slice(0, few).join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
}
