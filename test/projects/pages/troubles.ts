import { asking, later, running } from '../../authoring/support.ts';
import { program } from '../../support/program.ts';
import { migrationSource } from '../../support/project.ts';
import { chat, type State } from './states.ts';

/** The state of a project in each section of docs/troubleshooting.md. */

const last = 'Migration20261122090000_merge_heads';
const more = (name: string): string => `Migration20261123090000_${name}`;

const adding = (
  name: string,
  sketch: Omit<Parameters<typeof migrationSource>[1], 'revises'>,
): Record<string, string> => ({
  [`migrations/${more(name)}.ts`]: migrationSource(more(name), { ...sketch, revises: [last] }),
});

/** A revision was applied, and its file is gone. */
async function withoutFile(): Promise<State> {
  const { project, database } = await chat({
    merged: true,
    applied: 'head',
    files: adding('add_topic', {
      up: 'alter table chats add topic text',
      down: 'alter table chats drop topic',
    }),
  });
  return {
    project: await later(project, { files: { [`migrations/${more('add_topic')}.ts`]: null } }),
    database,
  };
}

/** Somebody changed the database by hand. */
async function drifted(): Promise<State> {
  const state = await chat({ merged: true, applied: 'head' });
  await state.database.query('alter table chats add topic text');
  return state;
}

/** Another run holds the lock. */
async function locked(): Promise<State> {
  const state = await chat({ merged: true, files: adding('slow', { up: 'select pg_sleep(60)' }) });
  const { project, database } = state;
  const other = asking(project.root, engine => running(engine, 'upgrade', 'head')).catch(() => {});
  const sleeping = (): Promise<{ pid: number }[]> =>
    database.query(
      `select pid from pg_stat_activity where state = 'active' and query = 'select pg_sleep(60)'`,
    );
  while ((await sleeping()).length === 0) await new Promise(setImmediate);
  return {
    ...state,
    async close() {
      await database.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await other;
    },
  };
}

/** The first statement of a revision without a transaction is done, the second is not. */
export async function interrupted(): Promise<State> {
  const state = await chat({
    merged: true,
    applied: last,
    files: adding('add_index', {
      up: [
        'create index concurrently if not exists chats_title on chats (title)',
        'create unique index concurrently if not exists messages_text on messages (text)',
      ],
      down: [
        'drop index concurrently if exists chats_title',
        'drop index concurrently if exists messages_text',
      ],
      transactional: false,
    }),
  });
  const { database, project } = state;
  await database.query(
    `insert into chats (title) values ('a'); insert into messages (chat_id, text, text_length) select id, 'twice', 5 from chats, generate_series(1, 2)`,
  );
  await program(project.root, ['upgrade', 'head', '--yes']);
  await database.query('delete from messages');
  return state;
}

const values = `create type mood as enum ('sad'); create table moods (mood mood)`;

/** One revision adds an enum value, the next uses it. */
export async function twoEnumRevisions(): Promise<State> {
  const [add = '', use = ''] = mood;
  const fill = 'Migration20261124090000_fill';
  const state = await chat({
    merged: true,
    applied: last,
    files: {
      ...adding('add_mood', { up: add, down: [] }),
      [`migrations/${fill}.ts`]: migrationSource(fill, { up: use, down: [], revises: [more('add_mood')] }),
    },
  });
  await state.database.query(values);
  return state;
}

const mood = [`alter type mood add value 'glad'`, `insert into moods values ('glad')`];

export const troubles: Readonly<Record<string, () => Promise<State>>> = {
  'no-changes-detected': () => chat({ merged: true }),
  'cant-locate-revision': withoutFile,
  'the-database-is-out-of-sync': drifted,
  'two-heads': () => chat({ applied: 'fill_text_length' }),
  'stuck-lock': locked,
  'half-applied-revision': interrupted,
  'ambiguous-walk': () => chat({ applied: 'heads' }),
  async 'unsafe-use-of-new-value'() {
    const state = await chat({
      merged: true,
      applied: last,
      files: adding('add_mood', { up: mood, down: [] }),
    });
    await state.database.query(values);
    return state;
  },
  async 'already-exists'() {
    const state = await chat({ merged: true, applied: 'head' });
    await state.database.query('truncate mikro_orm_migrations');
    return state;
  },
  'the-plan-changed': () => chat({ merged: true }),
  async 'login-rejected-server-unreachable'() {
    const state = await chat();
    const config = await state.project.read('mikro-orm.config.ts');
    await state.project.write(
      'mikro-orm.config.ts',
      config.replace(/clientUrl: ".*?"/, `clientUrl: 'postgres://app:secret@127.0.0.1:1/chat'`),
    );
    return state;
  },
};
