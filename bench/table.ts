/** One line of a benchmark: its name, its value, and the ratio to the reference of the same run. */
export interface Row {
  readonly what: string;
  readonly value: string;
  /** 1 is the reference itself. */
  readonly ratio?: number | undefined;
  /** Its upper limit, if there is a goal. */
  readonly limit?: string | undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints a benchmark as an aligned table. */
export function printTable(title: string, rows: readonly Row[]): void {
  const width = Math.max(...rows.map(row => row.what.length));
  console.log(`\n${title}`);
  for (const { what, value, ratio, limit } of rows) {
    const cells = [
      what.padEnd(width),
      value.padStart(12),
      ratio === undefined ? '' : `${ratio.toFixed(2)}x`.padStart(8),
    ];
    console.log(`  ${cells.join('  ')}${limit ? `   (${limit})` : ''}`);
  }
}
