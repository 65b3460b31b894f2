import type { FileChange } from '../../values/authoring.ts';
import { sourceLines } from './source.ts';
import type { Line } from './span.ts';

/** The change of a file: a new one in full, others as a unified diff. */
export function diffLines(file: FileChange): Line[] {
  if (file.before === null && file.after !== null) {
    return sourceLines(file.after).map(spans => [{ text: '+ ', style: 'added' }, ...spans]);
  }
  return file.diff
    .split('\n')
    .filter(text => !/^(---|\+\+\+|Index:|={5,})/.test(text))
    .map((text): Line => {
      const style = text.startsWith('+')
        ? 'added'
        : text.startsWith('-')
          ? 'removed'
          : text.startsWith('@@')
            ? 'hunk'
            : undefined;
      return [{ text, style }];
    });
}
