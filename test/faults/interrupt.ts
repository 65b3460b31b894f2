/*
 * A separate program that affects the server. `backends <url>`, `crash <url>`, `fast <url>`, `immediate
 * <url>`.
 */
import { existsSync, readFileSync } from 'node:fs';
import pg from 'pg';

const [, , accident, url] = process.argv;
const client = new pg.Client({ connectionString: url, application_name: 'interrupt' });
client.on('error', () => {});
await client.connect();
const others = `pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
if (accident === 'backends') {
  await client.query(`select pg_terminate_backend(pid, 2000) from ${others}`);
} else if (accident === 'crash') {
  // A busy one is preferred; the server ends all others and recovers.
  const { rows } = await client.query(
    `select pid from ${others} order by application_name like 'migtui %', state limit 1`,
  );
  if (rows[0]) process.kill(rows[0].pid, 'SIGKILL');
} else {
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const server = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${rows[0].pid}/status`, 'utf8'))?.[1]);
  process.kill(server, accident === 'fast' ? 'SIGINT' : 'SIGQUIT');
  while (existsSync(`/proc/${server}`)) await new Promise(resolve => setTimeout(resolve, 10));
}
await client.end().catch(() => {});
