import { readFile } from 'node:fs/promises';
import type { Pty } from '../support/pty.ts';
import type { Database } from '../support/server.ts';

/** SQL that blocks a run until `openGate`, regardless of its lock timeouts. */
export const waitAtGate = `do $$ begin
  while not exists (select from pg_class where relname = 'gate')
  loop perform pg_sleep(0.02); end loop; end $$`;

/** Resolves when a run shows that it is blocked at the gate; the panes may show the same SQL at any time. */
export const seesGate = (app: Pty) => app.sees(/ of \d[\s\S]*statement +[\d.]+ m?s[\s\S]*perform pg_sleep/);

/** Releases runs that are blocked at the gate. */
export const openGate = (database: Database) => database.query('create table gate ()');

/** Resolves when no other statement is running in the database. */
export async function atRest(database: Database): Promise<boolean> {
  const rows = await database.query(
    `select from pg_stat_activity
     where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`,
  );
  return rows.length === 0;
}

/** `u` with the current cursor, and Enter when the plan is loaded. */
export async function upgrade(app: Pty): Promise<void> {
  await app.press('u');
  await app.sees(/Enter +run on/);
  await app.press('Enter');
}

/** Child processes. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

/** What programs have copied to the terminal's clipboard (OSC 52), oldest first. */
export function copied(app: Pty): string[] {
  return [...app.output().matchAll(/\u001b\]52;c;([A-Za-z0-9+/=]*)\u0007/g)].map(([, text]) =>
    Buffer.from(text as string, 'base64').toString('utf8'),
  );
}
