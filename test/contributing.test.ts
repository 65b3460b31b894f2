import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from './support/project.ts';

test.each(['CONTRIBUTING.md', 'docs/architecture.md'])('%s lists files that exist', file => {
  const text = readFileSync(join(repository, file), 'utf8');
  const paths = [...text.matchAll(/`((?:src|test|docs|scripts|bench)\/[\w./-]+)`/g)].map(([, path]) => path!);
  expect(paths.length).toBeGreaterThan(3);
  expect(paths.filter(path => !existsSync(join(repository, path)))).toEqual([]);
});

test('describes ten changes', () => {
  const text = readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8');
  const section = text.slice(text.indexOf('## Ten common changes'), text.indexOf('## Style'));
  expect(section.match(/^\*\*/gm)).toHaveLength(10);
});
