import { Failure } from '../../foundation/failure.ts';
import { answerWithin, longAnswer } from '../../project/connections.ts';
import type { Project } from '../../project/project.ts';
import { quoteIdent } from '../quote.ts';
import { type ExecutedStatement, reportingQuery } from '../run/observed.ts';
import { sqlFailure, sqlState } from '../sql-failure.ts';
import { addressOf } from './address.ts';
import { queryOn } from './monitor.ts';

/** SQLSTATE `object_in_use`. */
const templateInUse = '55006';

/**
 * Creates the project's database on its server, like MikroORM: from the database `postgres`.
 * It is not an error if another session creates it at the same time.
 * @param onStatement receives the statement
 * @throws Failure `database-not-created`
 */
export async function createDatabase(
  project: Project,
  onStatement?: (statement: ExecutedStatement) => void,
): Promise<void> {
  const address = addressOf(project);
  const orm = await project.beside({ max: 1, database: 'postgres' });
  // An embedded database is created by opening it.
  if (!orm) return;
  try {
    await orm.connect();
    const ask = reportingQuery(queryOn(orm), onStatement);
    for (let attempt = 1; ; attempt++) {
      try {
        await answerWithin(longAnswer, () => ask(`create database ${quoteIdent(address.name)}`));
        return;
      } catch (error) {
        // Other sessions are creating a database from the same template.
        if (sqlState(error) !== templateInUse || attempt === 20) throw error;
        await new Promise(resolve => setTimeout(resolve, 100 + Math.random() * 200));
      }
    }
  } catch (error) {
    if (sqlState(error) === '42P04' || sqlState(error) === '23505') return;
    throw new Failure(
      {
        code: 'database-not-created',
        message: `The database ${address.name} could not be created: ${sqlFailure(error, undefined).message}`,
        next: `Create it as a role that may: createdb ${address.name}`,
      },
      { cause: error },
    );
  } finally {
    await orm.close(true).catch(() => {});
  }
}
