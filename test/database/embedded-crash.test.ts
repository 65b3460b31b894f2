import { PGlite } from '@electric-sql/pglite';
import { dataDir } from '@electric-sql/pglite-prepopulatedfs';
import { expect, test } from 'vitest';
import { failOnCrash } from '../../src/database/connect/embedded-crash.ts';

interface Memory {
  readonly mod: { readonly HEAPU8: Uint8Array };
}

test('a crash of PGlite is an error of its query and of later ones, and not an endless loop', async () => {
  const client = await PGlite.create({ loadDataDir: await dataDir() });
  failOnCrash(client);
  expect((await client.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
  // An error of SQL is none of its own.
  await expect(client.query('select 1/0')).rejects.toThrow('division by zero');
  expect((await client.query('select 2 as a')).rows).toEqual([{ a: 2 }]);
  (client as unknown as Memory).mod.HEAPU8.fill(0xff, 4096);
  await expect(client.query('select 3')).rejects.toThrow(/^PGlite crashed \(.+\)\. Press r/);
  await expect(client.query('select 4')).rejects.toThrow('PGlite crashed');
});
