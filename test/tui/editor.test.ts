import { expect, test } from 'vitest';
import { openEditor } from '../../src/tui/terminal/editor.ts';

test.skipIf(process.platform === 'win32')('an editor that is not installed is named', async () => {
  expect(await openEditor('nosuchedit --wait', process.cwd(), 'package.json')).toBe(
    'the editor nosuchedit --wait was not found: set $VISUAL or $EDITOR',
  );
  expect(await openEditor('false', process.cwd(), 'package.json')).toBe('the editor (false) ended with 1');
});
