import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import headless from '@xterm/headless';
import { svgOf } from './svg.ts';

/*
 * The pictures of the README, drawn from the golden screens of the tests. `npm run screenshots` writes docs/*.svg.
 */

const repository = fileURLToPath(new URL('..', import.meta.url));
const size = { cols: 120, rows: 36 };

/** Name in docs/ -> view in test/tui/golden/, and what it shows. */
const pictures = {
  screen: ['main', 'The screen: revisions as a graph, what is current and pending, the SQL of the revision'],
  plan: [
    'plan',
    'The plan of an upgrade before it runs: its SQL, what blocks writes, and what to do instead',
  ],
  merge: ['merge', 'Two heads side by side, and the verdict of running them in both orders'],
  failure: ['failure', 'A failed upgrade: what PostgreSQL said, what is applied, and the ways out'],
} as const;

/** Every picture: its path in the repository and its text. */
export function drawPictures(): Promise<{ path: string; svg: string }[]> {
  return Promise.all(
    Object.entries(pictures).map(async ([name, [view, title]]) => {
      const golden = `test/tui/golden/${view}-${size.cols}x${size.rows}.ansi`;
      const lines = (await readFile(join(repository, golden), 'utf8')).trimEnd().split('\n');
      const terminal = new headless.Terminal({ ...size, allowProposedApi: true });
      await new Promise<void>(resolve => terminal.write(lines.join('\r\n'), resolve));
      return { path: `docs/${name}.svg`, svg: svgOf(terminal, title) };
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, svg } of await drawPictures()) {
    await writeFile(join(repository, path), svg);
    console.log(path);
  }
}
