import { Box, render, Text, useInput } from 'ink';
import { useState } from 'react';
import { measure, sleep, stdin, stdout } from './key-times.ts';

/*
 * The lower bound for a key: Ink alone draws 50 lines of 200 columns, half of them new for each key. Runs in a process
 * of its own, started by tui.ts.
 */

const rows = Array.from({ length: 50 }, (_, row) => row);

function Lines() {
  const [at, setAt] = useState(0);
  useInput(() => setAt(before => before + 1));
  return (
    <Box flexDirection="column" height={50}>
      {rows.map(row => (
        <Text key={row} wrap="truncate" inverse={row === at % 50}>
          {`line ${row % 2 === 0 ? row : row + at} `.repeat(16).slice(0, 200)}
        </Text>
      ))}
    </Box>
  );
}

render(<Lines />, {
  stdout,
  stdin: stdin as unknown as NodeJS.ReadStream,
  patchConsole: false,
  maxFps: 60,
  incrementalRendering: true,
  alternateScreen: true,
  interactive: true,
});
await sleep(1_000);
const figures = [await measure('50 lines of text', ['j'])];
process.send?.({ figures, firstFrame: 0, rss: 0 }, () => process.exit(0));
