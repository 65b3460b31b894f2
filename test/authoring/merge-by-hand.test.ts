import { expect, test } from 'vitest';
import { asking, projectOf } from './support.ts';

/*
 * Objects created with SQL are in no entity: without a snapshot, nothing else shows that they must be kept.
 */

const base = 'Migration20260101000000_base';
const ours = 'Migration20260102000000_ours';
const theirs = 'Migration20260103000000_theirs';

test.each(['', '<<<<<<< ours\nbroken\n=======\n{\n>>>>>>> theirs\n'])(
  'a merge drops no manually created table (snapshot: %j)',
  async snapshot => {
    const project = await projectOf({
      entities: `
import { defineEntity, p } from '@mikro-orm/core';
export const entities = [defineEntity({ name: 'items', tableName: 'items', properties: { id: p.integer().primary(), name: p.string(), more: p.integer().nullable() } })];
`,
      migrations: {
        [base]: {
          revises: [],
          up: [
            'create table items (id serial primary key, name varchar(255) not null)',
            'create table by_hand (id int primary key, note text)',
            'create view by_hand_view as select id from by_hand',
            'create index items_by_hand on items (lower(name))',
          ],
        },
        [ours]: { revises: [base], up: 'alter table by_hand add a int' },
        [theirs]: { revises: [base], up: 'alter table items add extra int' },
      },
      ...(snapshot && { files: { 'migrations/.snapshot-none.json': snapshot } }),
    });
    await asking(project.root, async engine => {
      const { reconcile } = await engine.rehearse([]);
      // The merge writes exactly the revision that the rehearsal shows.
      const draft = await engine.draftMerge({ heads: [], reconcile: true });
      const text = draft.files[0]?.after ?? '';
      expect(reconcile).toEqual([expect.stringMatching(/^alter table "items" add "more" int/)]);
      expect(text).toContain(`add "more" int`);
      expect(text).not.toMatch(/drop (table|view|index)|by_hand/);
      if (snapshot) expect(draft.files.map(({ path }) => path)).toContain('migrations/.snapshot-none.json');
      expect(draft.notes.join('\n')).toMatch(/Left alone.*table by_hand/);
    });
  },
);
