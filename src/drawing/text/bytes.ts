const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A readable size, in powers of 1,024 like PostgreSQL's pg_size_pretty: `512 B`, `4.4 MB`, `120 GB`. */
export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
