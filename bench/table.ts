/** One line of a benchmark: its name, its value, and the ratio to the reference of the same run. */
export interface Row {
  readonly what: string;
  readonly value: string;
  /** 1 is the reference itself. */
  readonly ratio?: number | undefined;
  readonly goal?: Goal | undefined;
  /** What else there is to say. */
  readonly limit?: string | undefined;
}

/** What a figure must not exceed. */
export interface Goal {
  readonly most: number;
  readonly unit: 'x' | ' ms' | ' s' | ' MB' | '';
  readonly met: boolean;
}

/**
 * A goal beside what was measured.
 * @param got in the unit of the goal
 */
export function goal(got: number, most: number, unit: Goal['unit'] = 'x'): Goal {
  // as it is printed: nobody should read 0.60x beside "missed 0.60x"
  const rounded = unit === 'x' ? Math.round(got * 100) / 100 : got;
  return { most, unit, met: rounded <= most };
}

/** A line for a ratio and its goal. */
export function ratioRow(what: string, value: string, ratio: number, most?: number): Row {
  return { what, value, ratio, ...(most !== undefined && { goal: goal(ratio, most) }) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The goal of a line in words: `goal 0.6x: met`. */
export function goalText({ most, unit, met }: Goal): string {
  return `goal ${most}${unit}: ${met ? 'met' : 'MISSED'}`;
}

/** Prints a benchmark as an aligned table. */
export function printTable(title: string, rows: readonly Row[]): void {
  const width = Math.max(...rows.map(row => row.what.length));
  console.log(`\n${title}`);
  for (const { what, value, ratio, goal, limit } of rows) {
    const cells = [
      what.padEnd(width),
      value.padStart(12),
      ratio === undefined ? '' : `${ratio.toFixed(2)}x`.padStart(8),
    ];
    const said = [goal && goalText(goal), limit].filter(Boolean).join('; ');
    console.log(`  ${cells.join('  ')}${said ? `   (${said})` : ''}`);
  }
}
