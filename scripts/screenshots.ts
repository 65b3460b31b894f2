import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import headless from '@xterm/headless';
import { filmOf, pictureOf } from './svg.ts';

/*
 * The pictures of the README, drawn from the golden screens of the tests. `npm run screenshots` writes them.
 */

const repository = fileURLToPath(new URL('..', import.meta.url));
const size = { cols: 120, rows: 36 };

/**
 * Golden screens in test/tui/golden/ that the README shows in turn: the status, a plan, a merge, a failure.
 */
const views = ['main', 'plan', 'merge', 'failure'];
const title =
  'migtui: revisions as a graph, the plan of an upgrade, a merge after both orders were tested, a failed run';

const findings =
  'migtui: a finding in the plan of an upgrade, with the lock, the rows and what to do instead';

/** Every picture: its path in the repository and its text. */
export async function drawPictures(): Promise<{ path: string; svg: string }[]> {
  const terminals = await Promise.all(views.map(terminalOf));
  return [
    { path: 'docs/demo.svg', svg: filmOf(terminals, title, 5) },
    { path: 'docs/findings.svg', svg: pictureOf(await terminalOf('plan'), findings) },
  ];
}

async function terminalOf(view: string): Promise<headless.Terminal> {
  const golden = `test/tui/golden/${view}-${size.cols}x${size.rows}.ansi`;
  const lines = (await readFile(join(repository, golden), 'utf8')).trimEnd().split('\n');
  const terminal = new headless.Terminal({ ...size, allowProposedApi: true });
  await new Promise<void>(resolve => terminal.write(lines.join('\r\n'), resolve));
  return terminal;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, svg } of await drawPictures()) {
    await writeFile(join(repository, path), svg);
    console.log(path);
  }
}
