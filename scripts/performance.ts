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

const text = readFileSync(page, 'utf8').replace(
  /(<!-- bench ([a-z]+) -->\n).*?(<!-- \/bench -->)/gs,
  (whole, begin: string, name: string, end: string) => {
    if (name === 'goals') return `${begin}\n${summary()}\n\n${end}`;
    const part = results.parts[name];
    return part ? `${begin}\n${tableOf(part)}\n\n${end}` : whole;
  },
);
writeFileSync(page, text);
if (results.curves.length > 0) {
  writeFileSync(new URL('docs/growth.svg', root), growthSvg(results.curves));
}

function summary(): string {
  const goals = Object.values(results.parts).flatMap(({ rows }) => rows.flatMap(({ goal }) => goal ?? []));
  const met = goals.filter(goal => goal.met).length;
  return `${met} of ${goals.length} goals met (${results.machine}, commit ${results.commit}).`;
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

function lineOf({ what, value, ratio, goal, limit }: Row): string {
  const cells = [
    what,
    limit ? `${value} (${limit})` : value,
    ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
    goal ? goalText(goal).replace(/^goal /, '') : '',
  ];
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
