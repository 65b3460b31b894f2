import { expect, test } from 'vitest';
import { shortId, slug } from '../../src/revisions/names.ts';

test.each([
  ['Migration20261122101500_add_last_read_at', '20261122101500', 'add_last_read_at'],
  ['Migration20261122101500', '20261122101500', ''],
  ['Migration20220913111111-S', '20220913111111', 'S'],
  ['Migration20220913111111.S', '20220913111111', 'S'],
  ['20260413_Foo', '20260413', 'Foo'],
  ['Initial_setup', 'Initial_setup', 'Initial_setup'],
  ['1975ea83b712', '1975ea83b712', '1975ea83b712'],
  ['a1b2', 'a1b2', 'a1b2'],
])('%s is %s, %s for people', (id, short, words) => {
  expect([shortId(id), slug(id)]).toEqual([short, words]);
});
