import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { allCommands, program } from '../scripts/commands.ts';
import { repository } from './support/project.ts';

/* YAML and JSON in the docs, parsed: workflows of GitHub and GitLab, and Kubernetes. */

const pages = ['README.md', ...readdirSync(join(repository, 'docs')).map(name => `docs/${name}`)].filter(
  page => page.endsWith('.md'),
);

const blocks = (language: string) =>
  pages.flatMap(page =>
    [...readFileSync(join(repository, page), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
      .filter(([, found]) => found === language)
      .map(([, , text = ''], at) => [`${page}, ${at + 1}`, text] as const),
  );

// biome-ignore lint/suspicious/noExplicitAny: any document
type Any = any;

function read(text: string): Any[] {
  const documents = parseAllDocuments(text, { strict: true, uniqueKeys: true });
  return [...(documents as Iterable<Any>)].map(document => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS();
  });
}

const all = blocks('yaml');
const having = (key: string) =>
  all.flatMap(([place, text]) => read(text).flatMap(one => (key in one ? [[place, one] as const] : [])));

test('every block is a workflow of GitHub, one of GitLab, or an object of Kubernetes', () => {
  expect(all.length).toBeGreaterThan(4);
  for (const [place, text] of all) {
    for (const one of read(text)) {
      const isGitLab = Object.values<Any>(one).some(job => Array.isArray(job?.script));
      expect('jobs' in one || 'apiVersion' in one || isGitLab, place).toBe(true);
    }
  }
});

describe('a GitHub workflow', () => {
  test.each(having('jobs'))('of %s has jobs with steps that GitHub accepts', (_, { jobs }) => {
    for (const [name, job] of Object.entries<Any>(jobs)) {
      expect(job['runs-on'], name).toEqual(expect.any(String));
      for (const need of [job.needs ?? []].flat()) expect(Object.keys(jobs)).toContain(need);
      expect(job.steps.length).toBeGreaterThan(0);
      for (const step of job.steps) {
        expect(['uses' in step, 'run' in step].filter(Boolean), JSON.stringify(step)).toHaveLength(1);
        const known = ['uses', 'run', 'with', 'if', 'env', 'name', 'id', 'working-directory', 'shell'];
        expect(Object.keys(step).filter(key => !known.includes(key))).toEqual([]);
        if (step.uses) expect(step.uses).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
      }
    }
  });
});

describe('an object of Kubernetes', () => {
  test.each(having('apiVersion'))(
    'of %s has a kind, a name, and containers whose command is a list',
    (_, object) => {
      expect(object).toMatchObject({ kind: expect.any(String), metadata: { name: expect.any(String) } });
      const { initContainers = [], containers } = object.spec.template.spec;
      for (const container of [...initContainers, ...containers]) {
        expect(container).toMatchObject({ name: expect.any(String), image: expect.any(String) });
        for (const word of container.command ?? []) expect(word).toEqual(expect.any(String));
      }
    },
  );
});

test('JSON is JSON', () => {
  expect(blocks('json').length).toBeGreaterThan(0);
  const broken = blocks('json').flatMap(([place, text]) => {
    try {
      JSON.parse(text);
      return [];
    } catch (error) {
      return [`${place}: ${(error as Error).message}`];
    }
  });
  expect(broken).toEqual([]);
});

/** Every `migtui …` in a block or in code within a line, split into words. */
function callsOf(page: string): string[][] {
  const text = readFileSync(join(repository, page), 'utf8');
  const inline = [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/`(?:npx )?migtui ([^`\n]+)`/g)];
  const lines = [...text.matchAll(/^(?: {4,}(?:\$ |npx )?|\$ (?:npx )?|npx )migtui ([^\n]*)$/gm)];
  return [...inline, ...lines].map(
    ([, call = '']) =>
      call
        .split(/ {2,}| [#>|&]| \\/)[0]
        ?.trim()
        .split(/\s+/) ?? [],
  );
}

test('every command in the docs exists, with its options', () => {
  const root = program();
  const all = new Map(allCommands(root));
  const shared = root.options.flatMap(({ short, long }) => [short, long]);
  const names = root.commands.flatMap(command => [command.name(), ...command.aliases()]);
  const wrong: string[] = [];
  let seen = 0;
  for (const page of pages) {
    for (const words of callsOf(page)) {
      const [name = ''] = words;
      if (!/^[a-z-]+$/.test(name) || name.startsWith('-')) continue;
      seen++;
      const full = name === 'fleet' ? `fleet ${words[1]}` : name;
      const command = all.get(full) ?? root.commands.find(one => one.aliases().includes(name));
      if (!command) {
        if (!names.includes(name)) wrong.push(`${page}: migtui ${words.join(' ')}`);
        continue;
      }
      const options = [...shared, ...command.options.flatMap(({ short, long }) => [short, long]), '--help'];
      for (const word of words) {
        const option = /^--[a-z-]+|^-[a-zA-Z]$/.exec(word)?.[0];
        if (option && !options.includes(option)) wrong.push(`${page}: migtui ${words.join(' ')} (${option})`);
      }
    }
  }
  expect(seen).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): string[] =>
  [
    ...readFileSync(join(repository, page), 'utf8')
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('links lead to files and headings that exist', () => {
  const wrong: string[] = [];
  for (const page of [...pages, 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']) {
    const text = readFileSync(join(repository, page), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? page : join(dirname(page), file);
      const leads =
        existsSync(join(repository, path)) && (!anchor || anchorsOf(path).includes(decodeURI(anchor)));
      if (!leads) wrong.push(`${page}: ${link}`);
    }
  }
  expect(wrong).toEqual([]);
});
