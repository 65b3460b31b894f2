import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../support/project.ts';

/** A block of code on a page, or the commands in a section's text. */
export interface Block {
  /** `docs/commands.md#migtui-status` */
  readonly place: string;
  /** Of a fence; `indented`; or `text` for the commands between backticks in the text. */
  readonly language: string;
  readonly text: string;
}

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** All blocks of a page, in order. */
export async function blocksOf(page: string): Promise<Block[]> {
  const blocks: Block[] = [];
  let place = page;
  let fence: string | null = null;
  let lines: string[] = [];
  let before = '';
  const end = (language: string): void => {
    if (lines.length > 0) blocks.push({ place, language, text: lines.join('\n').trimEnd() });
    lines = [];
  };
  for (const line of (await readFile(join(repository, page), 'utf8')).split('\n')) {
    if (fence !== null) {
      if (line === '```') {
        end(fence);
        fence = null;
      } else lines.push(line);
    } else if (line.startsWith('    ') && (lines.length > 0 || before === '')) {
      lines.push(line.slice(4));
    } else if (line === '' && lines.length > 0) {
      lines.push('');
    } else {
      end('indented');
      const [, heading] = /^#+ (.*)$/.exec(line) ?? [];
      if (heading !== undefined) place = `${page}#${anchorOf(heading)}`;
      if (line.startsWith('```')) fence = line.slice(3);
      else {
        for (const [, command = ''] of line.matchAll(/`((?:npx )?(?:migtui|mikro-orm) [^`]+)`/g))
          blocks.push({ place, language: 'text', text: command });
      }
    }
    before = line;
  }
  end('indented');
  return blocks;
}

/** A command of a block, and what the block says that it prints; null: it does not show that. */
export interface Call {
  readonly command: string;
  readonly output: string | null;
}

/** The commands of a block: in a console with their output, elsewhere one a line. */
export function callsIn({ language, text }: Block): Call[] {
  if (language === 'console') {
    return text
      .split(/^\$ /m)
      .slice(1)
      .map(part => {
        const at = `${part}\n`.indexOf('\n');
        return { command: part.slice(0, at), output: part.slice(at + 1) };
      });
  }
  return text
    .split('\n')
    .map(line => line.replace(/(?:^| +)#( .*)?$/, '').trim())
    .filter(line => line !== '')
    .map(command => ({ command, output: null }));
}

/** Without the parts that differ between runs: ids, times, sizes, addresses, and their padding. */
export const comparable = (output: string): string =>
  output
    .replaceAll(/\d{14}/g, '<id>')
    .replaceAll(/\S+@[\w.:-]+\/\w+/g, '<database>')
    .replaceAll(/PostgreSQL \d+(\.\d+)*/g, 'PostgreSQL <version>')
    .replaceAll(/(Node|MikroORM) \d+(\.\d+)+/g, '$1 <version>')
    .replaceAll(/--plan-id \w+/g, '--plan-id <id>')
    .replaceAll(/\b[\d.]+ (?:ms|s|min)\b/g, '<duration>')
    .replaceAll(/\b[\d.]+ (?:B|bytes|kB|MB)\b/g, '<size>')
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, '<time>')
    .replaceAll(/(a copy of) \w+/g, '$1 <name>')
    .replaceAll(/\bpid \d+ \(.*?\)|pg_terminate_backend\(\d+\)/g, '<session>')
    .replaceAll(/just now|\d+ (?:second|minute|hour|day)s? ago/g, '<age>')
    .replaceAll(/ +/g, ' ')
    .trim();
