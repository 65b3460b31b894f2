import type { Readable } from 'node:stream';

/**
 * Calls `listener` with each line of a stream; a line that arrives in several parts is still one line. Not by
 * Node's `readline`, which would be loaded before the app's first frame.
 */
export function eachLine(stream: Readable, listener: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const ends = rest.endsWith('\r') || /[\r\n]/.test(text);
    rest += text;
    if (!ends) return;
    // After a \r at the end, a \n may follow.
    const lines = rest.split(/\r?\n|\r(?!$)/);
    rest = lines.pop() as string;
    for (const line of lines) listener(line);
  });
  stream.on('end', () => {
    if (rest !== '') listener(rest.replace(/\r$/, ''));
  });
}
