import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { Failure } from '../../foundation/failure.ts';
import { quoteShell } from '../../foundation/shell.ts';
import type { Backup } from '../../values/backup.ts';
import { backupFailed, type DumpRequest } from './dump.ts';

interface PGlite {
  dumpDataDir(compression: 'gzip'): Promise<Blob>;
}

/** Dumps an embedded database with PGlite's own `dumpDataDir`: a tar of its data folder. */
export async function dumpEmbedded({
  project,
  connection,
  partial,
  final,
  signal,
  onProgress,
}: DumpRequest): Promise<Pick<Backup, 'format' | 'restore'>> {
  const driver = project.orm.em.getConnection() as unknown as { getNativeClient?(): Promise<PGlite> };
  if (!driver.getNativeClient) {
    throw new Failure({
      code: 'backup-unsupported',
      message:
        'This version of @mikro-orm/pglite gives no access to its database, so no backup can be taken.',
      next: 'Upgrade @mikro-orm/pglite to 7.2 or newer, or copy the database folder yourself.',
    });
  }
  const { folder } = connection.address;
  const dump = await (await driver.getNativeClient()).dumpDataDir('gzip');
  signal.throwIfAborted();
  await writeFile(partial, dump.stream(), { mode: 0o600, flag: 'wx' });
  onProgress(dump.size, null);
  await verifyArchive(partial);
  const into = quoteShell(folder ?? '<folder>');
  return {
    format: 'pglite',
    restore: `rm -rf ${into} && mkdir -p ${into} && tar -xzf ${quoteShell(final)} -C ${into}`,
  };
}

/** Reads the archive to its end: tar headers in place, and a cluster's PG_VERSION among the files. */
async function verifyArchive(path: string): Promise<void> {
  const block = 512;
  let rest = Buffer.alloc(0);
  let skip = 0;
  let files = 0;
  let cluster = false;
  for await (const chunk of createReadStream(path).pipe(createGunzip())) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (true) {
      const drop = Math.min(skip, rest.length);
      rest = rest.subarray(drop);
      skip -= drop;
      if (skip > 0 || rest.length < block) break;
      const name = rest.toString('utf8', 0, 100).replace(/\0.*$/s, '');
      const size = Number.parseInt(rest.toString('ascii', 124, 136), 8);
      rest = rest.subarray(block);
      if (name === '') continue;
      if (Number.isNaN(size)) throw backupFailed('the archive that PGlite wrote cannot be read.');
      files++;
      if (/^\/?PG_VERSION$/.test(name)) cluster = true;
      skip = Math.ceil(size / block) * block;
    }
  }
  if (skip > 0 || files === 0 || !cluster) throw backupFailed('the archive that PGlite wrote is incomplete.');
}
