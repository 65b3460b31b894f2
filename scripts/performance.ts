import { readFileSync, writeFileSync } from 'node:fs';
import { growthSvg } from '../bench/growth-svg.ts';
import type { Part, Results } from '../bench/results.ts';
import { goalText, type Row } from '../bench/table.ts';

/*
 * Writes what `npm run bench` measured last (bench/results.json) into docs/performance.md, between
 * `<!-- bench NAME -->` and `<!-- /bench -->`, and draws docs/growth.svg.
 */

const root = new URL('../', import.meta.url);
const results = JSON.parse(readFileSync(new URL('bench/results.json', root), 'utf8')) as Results;
const page = new URL('docs/performance.md', root);

/** Measures of a tool, such as `300 up: stock CLI, processor`. */
const ofTool = /^(\d+) (up|down): ([^:]*?)(?:, (processor|memory))?$/;

const text = readFileSync(page, 'utf8').replace(
  /(<!-- bench ([a-z]+) -->\n).*?(<!-- \/bench -->)/gs,
  (whole, begin: string, name: string, end: string) => {
    if (name === 'goals') return `${begin}\n${summary()}\n\n${end}`;
    const part = results.parts[name];
    return part ? `${begin}\n${name === 'upgrade' ? toolTables(part) : tableOf(part)}\n\n${end}` : whole;
  },
);
writeFileSync(page, text);
if (results.curves.length > 0) {
  writeFileSync(new URL('docs/growth.svg', root), growthSvg(results.curves));
}

function summary(): string {
  const goals = Object.values(results.parts).flatMap(({ rows }) => rows.flatMap(({ goal }) => goal ?? []));
  const met = goals.filter(goal => goal.met).length;
  const parts = Object.keys(results.parts).sort().join(', ');
  return `Last run, \`${parts}\` only (${results.machine}, commit ${results.commit}): ${met} of ${goals.length} goals met. The tables of other parts are from earlier runs and mark each missed goal with MISSED.`;
}

function tableOf({ rows, load }: Part): string {
  // a long list of what is met says less than its length
  const shown = rows.length > 40 ? rows.filter(({ goal }) => goal?.met !== true) : rows;
  const left = rows.length - shown.length;
  const lines =
    shown.length === 0
      ? []
      : ['| measure | result | ratio | goal |', '|---|---|---|---|', ...shown.map(lineOf), ''];
  if (left > 0) lines.push(`${left} of ${rows.length} measures meet their goals and are not listed.`, '');
  lines.push(`Load average before: ${load.toFixed(1)}.`);
  return lines.join('\n');
}

/** One table for each number of revisions and direction, with a line for each tool. */
function toolTables({ rows, load }: Part): string {
  const tables = new Map<string, Map<string, Record<string, string>>>();
  const rest: Row[] = [];
  for (const row of rows) {
    const [, count, way, tool, measure = 'wall'] = ofTool.exec(row.what) ?? [];
    if (tool === undefined || / beyond |, largest/.test(tool)) {
      rest.push(row);
      continue;
    }
    const title = `${way === 'up' ? 'Upgrade' : 'Downgrade'} of ${Number(count).toLocaleString('en')}`;
    const tools = tables.get(title) ?? new Map<string, Record<string, string>>();
    tables.set(title, tools);
    tools.set(tool, { ...tools.get(tool), [measure]: cellOf(row) });
  }
  return [
    ...[...tables].flatMap(([title, tools]) => [
      `| ${title} | wall time | CPU time | memory |`,
      '|---|---|---|---|',
      ...[...tools].map(
        ([tool, { wall = '', processor = '', memory = '' }]) =>
          `| ${tool} | ${wall} | ${processor} | ${memory} |`,
      ),
      '',
    ]),
    '| measure | result | ratio | goal |',
    '|---|---|---|---|',
    ...rest.map(lineOf),
    '',
    `Load average before: ${load.toFixed(1)}.`,
  ].join('\n');
}

function cellOf({ value, ratio, goal }: Row): string {
  const words = [value, ratio === undefined ? '' : `${ratio.toFixed(2)}x`].filter(Boolean).join(', ');
  return goal && !goal.met ? `${words} (${goalText(goal)})` : words;
}

function lineOf({ what, value, ratio, goal, limit }: Row): string {
  const cells = [
    what,
    limit ? `${value} (${limit})` : value,
    ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
    goal ? goalText(goal).replace(/^goal /, '') : '',
  ];
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
