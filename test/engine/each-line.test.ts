import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eachLine } from '../../src/engine/process/each-line.ts';

it('gives the lines of a stream, however it is split', async () => {
  const part = fc.constantFrom('a', 'bc', 'é😀', '\n', '\r\n', '\r', ' ');
  await fc.assert(
    fc.asyncProperty(fc.array(part), fc.array(fc.nat(7)), async (parts, cuts) => {
      const text = parts.join('');
      const stream = new PassThrough();
      const lines: string[] = [];
      eachLine(stream, line => lines.push(line));
      let bytes = Buffer.from(text);
      for (const cut of cuts) {
        stream.write(bytes.subarray(0, cut));
        bytes = bytes.subarray(cut);
      }
      stream.end(bytes);
      await new Promise(resolve => stream.once('end', resolve));
      const expected = text.split(/\r\n|\n|\r/);
      if (expected.at(-1) === '') expected.pop();
      expect(lines).toEqual(expected);
    }),
  );
});
