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

const places = /(<!-- bench ([a-z]+) -->\n).*?(<!-- \/bench -->)/gs;

const tables = readFileSync(page, 'utf8').replace(
  places,
  (whole, begin: string, name: string, end: string) => {
    const part = results.parts[name];
    return part ? `${begin}\n${name === 'upgrade' ? toolTables(part) : tableOf(part)}\n\n${end}` : whole;
  },
);
const text = tables.replace(places, (whole, begin: string, name: string, end: string) =>
  name === 'goals' ? `${begin}\n${summary()}\n\n${end}` : whole,
);
writeFileSync(page, text);
if (results.curves.length > 0) {
  writeFileSync(new URL('docs/growth.svg', root), growthSvg(results.curves));
}

/** Parts are measured at different times, so the goals are counted in the tables. */
function summary(): string {
  const missed = tables.match(/: MISSED\b/g)?.length ?? 0;
  const parts = Object.keys(results.parts).sort().join(', ');
  return `${missed} goals in the tables below are missed and marked so; all others are met. The last run measured ${parts} (${results.machine}, commit ${results.commit}); the other tables are from earlier runs.`;
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
  const byTool = new Map<string, Map<string, Record<string, string>>>();
  const rest: Row[] = [];
  for (const row of rows) {
    const [, count, way, tool, measure = 'wall'] = ofTool.exec(row.what) ?? [];
    if (tool === undefined || / beyond |, largest/.test(tool)) {
      rest.push(row);
      continue;
    }
    const title = `${way === 'up' ? 'Upgrade' : 'Downgrade'} of ${Number(count).toLocaleString('en')}`;
    const tools = byTool.get(title) ?? new Map<string, Record<string, string>>();
    byTool.set(title, tools);
    tools.set(tool, { ...tools.get(tool), [measure]: cellOf(row) });
  }
  return [
    ...[...byTool].flatMap(([title, tools]) => [
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
