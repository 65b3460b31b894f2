import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { junit } from '../../src/cli/ci/junit.ts';
import type { BranchDiff, CheckReport, Finding, TestReport } from '../../src/engine/api.ts';
import { makeFolder } from '../support/project.ts';
import { ids, migtui } from './fake.ts';

const finding = (over: Partial<Finding> = {}): Finding => ({
  revision: ids.last,
  action: 'up',
  rule: 'index-blocks-writes',
  severity: 'danger',
  statement: 'create index n on b (n)',
  place: { file: `migrations/${ids.last}.ts`, line: 7, index: 0 },
  table: 'b',
  lock: 'SHARE',
  blocks: ['writes'],
  rewrites: false,
  scans: true,
  rows: null,
  bytes: null,
  message: 'builds, 100%\nof it',
  remedy: 'create index concurrently',
  ...over,
});

const report: CheckReport = {
  findings: [
    {
      kind: 'edited',
      message: 'One file was changed.',
      next: 'Bring it back.',
      revisions: [ids.user],
      sql: [],
      effects: [],
    },
  ],
  agreed: ['heads'],
  skipped: [{ kind: 'drift', why: 'no <database> & "co"' }],
  clean: false,
};

const tests: TestReport = {
  ok: false,
  tests: [
    { name: 'graph', outcome: 'passed', message: '5 revisions', details: [] },
    {
      name: 'upgrade',
      outcome: 'failed',
      message: `${ids.user} does not run`,
      details: ['column "x" is not there'],
      next: 'Fix that revision.',
    },
    { name: 'downgrade', outcome: 'skipped', message: 'Not tested.', details: [] },
  ],
};

describe('--format github', () => {
  const lint = async () => ({
    findings: [finding()],
    judged: [ids.last, ids.user],
    level: 'danger' as const,
  });

  test('of lint annotates the line of the statement', async () => {
    const { code, stdout } = await migtui('lint --format github', { engine: { lint } });
    expect(code).toBe(3);
    expect(stdout).toBe(
      `::error file=migrations/${ids.last}.ts,line=7,title=index-blocks-writes::builds, 100%25%0Aof it Instead: create index concurrently\n`,
    );
  });

  test('of check and test annotates the file of the named revision', async () => {
    const checked = await migtui('check --format github', { engine: { check: async () => report } });
    expect(checked.code).toBe(3);
    expect(checked.stdout).toMatch(
      /^::error file=migrations\/\S+add_user_id\.ts,line=1,title=edited::One file was changed\. Bring it back\.\n$/,
    );
    const tested = await migtui('test --format github', { engine: { test: async () => tests } });
    expect(tested.code).toBe(3);
    expect(tested.stdout).toMatch(/^::error file=migrations\/\S+add_user_id\.ts,line=1,title=upgrade::/);
  });

  test('adds a summary with the findings and the history, without secrets', async () => {
    const file = join(await makeFolder('summary'), 'summary.md');
    const secret = async () => ({
      findings: [finding({ message: 'postgres://a:hunter2secret@db/chat' })],
      judged: [ids.last],
      level: 'danger' as const,
    });
    await migtui('lint --format github', { engine: { lint: secret }, env: { GITHUB_STEP_SUMMARY: file } });
    const text = await readFile(file, 'utf8');
    expect(text).toContain('## migtui lint: 1 failed');
    expect(text).toContain('**danger** `index-blocks-writes`');
    expect(text).toContain('20261122090000 merge_heads');
    expect(text).not.toContain('hunter2secret');
  });

  test('shows ten of each level, like GitHub, and the number of the others', async () => {
    const many = async () => ({
      findings: Array.from({ length: 30 }, () => finding()),
      judged: [ids.last],
      level: 'danger' as const,
    });
    const { stdout } = await migtui('lint --format github', { engine: { lint: many } });
    expect(stdout.trim().split('\n')).toHaveLength(10);
    expect(stdout).toContain('::error::21 more');
  });

  test('names files relative to the root of the repository', async () => {
    const { stdout } = await migtui('lint --format github', {
      engine: { lint },
      env: { GITHUB_WORKSPACE: '/' },
    });
    expect(stdout).toMatch(/^::error file=\w.*\/migrations\/\S+\.ts,line=7/);
  });
});

describe('--format junit', () => {
  test('has a case for each kind, with failures and skipped checks', async () => {
    const { code, stdout } = await migtui('check --format junit', { engine: { check: async () => report } });
    expect(code).toBe(3);
    expect(stdout).toContain('<testsuites name="migtui" tests="3" failures="1" errors="0" skipped="1">');
    expect(stdout).toContain('<failure message="One file was changed." type="edited">');
    expect(stdout).toContain('<skipped message="no &lt;database&gt; &amp; &quot;co&quot;"/>');
  });

  test('is valid XML for any text', () => {
    const text = junit({
      command: 'test',
      findings: [],
      cases: [
        {
          name: 'a"<b>&\u0000\u001b\ud800',
          outcome: 'failed',
          message: '"\n"',
          details: [']]>', '<![CDATA['],
          remarks: [],
        },
      ],
    });
    expect(text).not.toMatch(/[\u0000-\u0008\u001b\ud800]/);
    expect(text.match(/</g)?.length).toBe(text.match(/>/g)?.length);
    expect(text).toContain('name="a&quot;&lt;b&gt;&amp;"');
  });
});

describe('diff', () => {
  const sql = (text: string) => ({ sql: [text], complete: true, note: null, transactional: true });
  const diff: BranchDiff = {
    ref: 'origin/main',
    added: [
      {
        id: ids.last,
        revises: [ids.user],
        file: null,
        up: sql('alter table b -- ```'),
        down: sql('select 1'),
      },
    ],
    changed: [ids.initial],
    removed: [],
    heads: { here: [ids.last], there: [ids.reactions], merged: [ids.last, ids.reactions] },
    secondHead: true,
    problems: [],
    findings: [finding({ message: 'a | b <c>' })],
  };

  test('is Markdown for a pull request, and explains how to keep one head', async () => {
    const { code, stdout } = await migtui('diff --since origin/main', { engine: { diff: async () => diff } });
    expect(code).toBe(3);
    expect(stdout).toContain('## 1 new revision since `origin/main`');
    expect(stdout).toContain(`migtui merge --rebase ${ids.last} --onto ${ids.reactions}`);
    expect(stdout).toContain('a \\| b &lt;c&gt;');
    // the SQL cannot end its block
    expect(stdout).toContain('````sql\nalter table b -- ```\n````');
  });

  test('without new revisions says so, and exits with 0', async () => {
    const { code, stdout } = await migtui('diff --since main');
    expect(code).toBe(0);
    expect(stdout).toBe('## No new revisions since `main`\n');
    expect((await migtui('diff')).code).toBe(2);
    expect((await migtui('diff --since main --json')).json()).toMatchObject({ ref: 'main', added: [] });
  });
});
