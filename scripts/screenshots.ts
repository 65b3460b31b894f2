import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDemo, migtui, provideTestFolder, repository } from '../test/support/project.ts';
import { openMigtui, type Pty } from '../test/support/pty.ts';
import { svgOf } from './svg.ts';

/*
 * The pictures of the documentation: the built program on the demo, in a terminal, as a person sees it.
 * `npm run screenshots` writes docs/*.svg.
 */

const removeFolder = await provideTestFolder();

async function picture(app: Pty, name: string, title: string): Promise<void> {
  const file = join('docs', `${name}.svg`);
  await mkdir(join(repository, 'docs'), { recursive: true });
  await writeFile(join(repository, file), svgOf(app.terminal, title));
  console.log(file);
}

try {
  const demo = await makeDemo();
  const applied = await migtui(demo, ['upgrade', 'Migration20261113100000_fill_text_length', '--yes']);
  if (applied.code !== 0) throw new Error(applied.stderr);

  const app = await openMigtui(demo.root, { cols: 120, rows: 36 });
  await app.sees('2 heads');
  await app.sees('alter table');
  await picture(app, 'screen', 'migtui on the demo: three revisions applied, two heads pending');
  await app.press('u');
  await app.sees('Enter');
  await picture(app, 'upgrade', 'The plan of an upgrade, before it runs');
  app.kill('SIGTERM');
  await app.exit;
} finally {
  await removeFolder();
}
