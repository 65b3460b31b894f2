import type { Project } from '../../project/project.ts';

interface Helper {
  getSetSchemaSQL?(schema: string): string;
  getResetSchemaSQL?(database: string): string;
}

/**
 * The statements that MikroORM's runner sends before and after a migration that runs in a schema.
 * @returns empty lists without a schema; null if this MikroORM version does not provide them
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
