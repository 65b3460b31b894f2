import { isPostgres } from '../project/config/kind.ts';
import type { Project } from '../project/project.ts';
import type { Dialect } from './dialect.ts';
import { portable } from './portable/portable.ts';
import { postgres } from './postgres.ts';

/** The dialect of a project's database. */
export function dialectOf({ kind }: Pick<Project, 'kind'>): Dialect {
  return isPostgres(kind) ? postgres : portable(kind);
}
