import type { DoctorCheck } from '../../values/doctor.ts';
import type { Overview } from '../api.ts';
import type { Session } from '../session.ts';

/* The checks that do not depend on the kind of database. */

/** MikroORM's packages. Their compatibility was checked when the project was opened. */
export function mikroOrm({ project }: Session): DoctorCheck {
  return {
    id: 'mikro-orm',
    status: 'ok',
    message: `MikroORM ${project.modules.version}, with core, migrations, cli and ${project.kind} on one version`,
  };
}

/** The config that was loaded. */
export function config({ project }: Session): DoctorCheck {
  const others = project.contexts.length > 1 ? `; contexts: ${project.contexts.join(', ')}` : '';
  return {
    id: 'config',
    status: 'ok',
    message: `${project.configFile ?? 'environment variables'}, context ${project.context}${others}`,
  };
}

/** The revisions on disk and the applied ones. */
export function revisions({ problems, revisions, heads, missing, edited, unsettled }: Overview): DoctorCheck {
  const id = 'revisions';
  const [first] = problems;
  if (first) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    return {
      id,
      status: 'error',
      message: `${[first.file, first.message].filter(Boolean).join(': ')}${more}`,
      next: 'Fix the files; migtui status lists all problems.',
    };
  }
  const count = revisions.filter(({ state }) => state !== 'missing').length;
  if (unsettled.length > 0) {
    return {
      id,
      status: 'error',
      message: `${unsettled.map(({ revision }) => revision).join(', ')} was interrupted.`,
      next: 'migtui status says what to do.',
    };
  }
  if (missing.length > 0) {
    return {
      id,
      status: 'warning',
      message: `Applied, but without a file: ${missing.join(', ')}.`,
      next: 'Restore the files from version control, or stamp the database to a revision that exists.',
    };
  }
  if (edited.length > 0) {
    return {
      id,
      status: 'warning',
      message: `Changed after they were applied: ${edited.join(', ')}.`,
      next: 'Undo the edit, write a new revision, or accept the file: migtui resolve <revision> --accept-edit.',
    };
  }
  if (heads.length > 1) {
    return {
      id,
      status: 'warning',
      message: `${count} revisions, ${heads.length} heads`,
      next: 'migtui merge',
    };
  }
  return { id, status: 'ok', message: `${count} ${count === 1 ? 'revision' : 'revisions'}, one history` };
}

/** Whether the revisions declare what they revise. */
export function lineage({ revisions }: Overview): DoctorCheck {
  const undeclared = revisions.filter(({ inferred, state }) => inferred && state !== 'missing').length;
  if (undeclared === 0)
    return { id: 'lineage', status: 'ok', message: 'Every revision declares what it revises.' };
  return {
    id: 'lineage',
    status: 'warning',
    message: `${undeclared === 1 ? '1 revision does not declare what it revises: its place is' : `${undeclared} revisions do not declare what they revise: their places are`} inferred from MikroORM's order.`,
    next: 'Declare it in the files: migtui adopt',
  };
}
