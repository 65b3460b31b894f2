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

/**
 * The search_path of migrations that run in a schema, as a value for `set_config`; undefined where there is no schema.
 * @returns null if this MikroORM sets it in another way
 */
export function localPath(project: Pick<Project, 'schema' | 'orm'>): string | undefined | null {
  if (project.schema === null) return undefined;
  const { enter = [], leave = [] } = searchPath(project) ?? {};
  const value = /^set search_path to (.+?);?$/i.exec(enter[0] ?? '')?.[1];
  return enter.length === 1 && leave.join() === 'reset search_path' ? (value ?? null) : null;
}
