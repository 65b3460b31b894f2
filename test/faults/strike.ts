/* A program of its own: ends connections to a database. `backends <url>` or `crash <url>`. */
import pg from 'pg';

const [, , accident, url] = process.argv;
const client = new pg.Client({ connectionString: url, application_name: 'strike' });
client.on('error', () => {});
await client.connect();
const others = `pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
if (accident === 'backends') {
  await client.query(`select pg_terminate_backend(pid, 2000) from ${others}`);
} else {
  // one that works is taken where there is one; the server ends all others and recovers
  const { rows } = await client.query(
    `select pid from ${others} order by application_name like 'migtui %', state limit 1`,
  );
  if (rows[0]) process.kill(rows[0].pid, 'SIGKILL');
}
await client.end().catch(() => {});
