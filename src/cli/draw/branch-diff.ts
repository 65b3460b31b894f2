import type { AddedRevision, BranchDiff, Finding } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import { nameOf } from './rows.ts';

/** Longer SQL of one revision is collapsed and truncated, characters. */
const most = 10_000;

/** The changes of a branch, as Markdown for a pull request. */
export function diffMarkdown(diff: BranchDiff): string {
  const { added, changed, removed, findings, heads, secondHead, problems, ref } = diff;
  const title =
    added.length === 0
      ? `No new revisions since \`${ref}\``
      : `${count(added.length, 'new revision')} since \`${ref}\``;
  return [
    `## ${title}`,
    ...(secondHead ? [`> **Merging makes ${count(heads.merged.length, 'head')}.** ${headAdvice(diff)}`] : []),
    ...problems.map(problem => `> **After merging:** ${escaped(problem)}`),
    ...(added.length === 0 ? [] : [list(added)]),
    ...(changed.length === 0 ? [] : [`**Changed**, although they may be applied: ${names(changed)}`]),
    ...(removed.length === 0 ? [] : [`**Deleted:** ${names(removed)}`]),
    ...(findings.length === 0 ? [] : [findingsMarkdown(findings)]),
    ...added.map(revision => sqlOf(revision)),
  ].join('\n\n');
}

function list(added: readonly AddedRevision[]): string {
  return [
    '| revision | revises |',
    '|---|---|',
    ...added.map(
      ({ id, revises }) => `| \`${nameOf(id)}\` | ${revises.length === 0 ? 'base' : names(revises)} |`,
    ),
  ].join('\n');
}

function headAdvice({ heads, added, ref }: BranchDiff): string {
  const mine = heads.merged.filter(id => added.some(one => one.id === id));
  const theirs = heads.merged.filter(id => !mine.includes(id));
  const [one, other] = [mine[0], theirs[0]];
  const onto =
    mine.length === 1 && theirs.length === 1 && one && other
      ? ` Merge \`${ref}\` into this branch, then put it on top: \`migtui merge --rebase ${one} --onto ${other}\`.`
      : ` Merge \`${ref}\` into this branch, then run \`migtui merge\`.`;
  return `They would be ${names(heads.merged)}.${onto}`;
}

/** Findings as a table; accepted ones are marked. */
export function findingsMarkdown(findings: readonly Finding[]): string {
  return [
    '| finding | where | what |',
    '|---|---|---|',
    ...findings.map(({ severity, rule, revision, action, message, remedy, accepted }) =>
      [
        `| **${severity}** \`${rule}\``,
        `\`${nameOf(revision)}\` ${action}`,
        `${cell(message)}${accepted === undefined ? (remedy ? ` *Instead:* ${cell(remedy)}` : '') : ` *Accepted:* ${cell(accepted)}`} |`,
      ].join(' | '),
    ),
  ].join('\n');
}

function sqlOf({ id, up, down }: AddedRevision): string {
  const block = (title: string, { sql, complete, note }: AddedRevision['up']): string[] => [
    `*${title}*${complete ? '' : ` (${escaped(note ?? 'not complete')})`}`,
    '',
    fenced(cut(sql.join('\n')), 'sql'),
  ];
  return [
    `<details><summary><code>${escaped(nameOf(id))}</code></summary>`,
    '',
    ...block('Up', up),
    '',
    ...block('Down', down),
    '',
    '</details>',
  ].join('\n');
}

/** A code block with a fence that does not occur in its text. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

const cut = (text: string): string => (text.length > most ? `${text.slice(0, most)}\n-- …` : text);

const names = (ids: readonly string[]): string => ids.map(id => `\`${nameOf(id)}\``).join(', ');

const cell = (text: string): string => escaped(text).replace(/\|/g, '\\|').replace(/\s+/g, ' ');

/** Text escaped for Markdown with HTML. */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
