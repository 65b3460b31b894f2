import type { Project } from '../../project/project.ts';

interface Helper {
  getSetSchemaSQL?(schema: string): string;
  getResetSchemaSQL?(database: string): string;
}

/**
 * What MikroORM's runner sends before and after the statements of a migration that runs in a schema.
 * @returns empty lists where there is no schema; null where this MikroORM does not tell
 */
export function searchPath({ schema, orm }: Pick<Project, 'schema' | 'orm'>): {
  readonly enter: readonly string[];
  readonly leave: readonly string[];
} | null {
  if (schema === null) return { enter: [], leave: [] };
  const helper = orm.driver.getPlatform().getSchemaHelper() as Helper | undefined;
  const enter = helper?.getSetSchemaSQL?.(schema);
  const leave = helper?.getResetSchemaSQL?.(orm.config.get('dbName') as string);
  return enter && leave ? { enter: [enter], leave: [leave] } : null;
}
