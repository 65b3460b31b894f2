import { spawn, spawnSync } from 'node:child_process';
import { splitStatements } from '../../src/safety/parse.ts';
import type { Database } from '../support/server.ts';

/** Whether this machine has psql; if not, scripts are sent like psql would send them. */
export const hasPsql = spawnSync('psql', ['--version']).status === 0;

/** Runs a script like `psql -v ON_ERROR_STOP=1`: statement by statement, stopping at the first error. */
export const runScript = (database: Database, script: string): Promise<void> =>
  hasPsql ? psql(database, script) : likePsql(database, script);

/** What psql would send. */
export async function likePsql(database: Database, script: string): Promise<void> {
  const client = await database.connect();
  try {
    const sql = script.replace(/^\\.*$/gm, '');
    for (const { text } of (await splitStatements(sql)) ?? []) await client.query(text);
  } finally {
    await client.end();
  }
}

/** `psql -v ON_ERROR_STOP=1` itself. */
export function psql(database: Database, script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', '-', database.url], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', chunk => {
      said += chunk;
    });
    child.on('error', reject);
    child.on('close', code =>
      code === 0 ? resolve() : reject(new Error(said || `psql ended with ${code}`)),
    );
    child.stdin.end(script);
  });
}
