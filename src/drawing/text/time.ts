const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const two = (value: number): string => String(value).padStart(2, '0');

/** `just now`, `5 minutes ago`, `2 days ago`; the date if it is more than a year ago. */
export function ago(iso: string, now: number): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return iso;
  const age = now - then;
  if (age < -minute) return absolute(iso);
  if (age < minute) return 'just now';
  if (age < hour) return plural(Math.floor(age / minute), 'minute');
  if (age < day) return plural(Math.floor(age / hour), 'hour');
  if (age < 60 * day) return plural(Math.floor(age / day), 'day');
  if (age < 365 * day) return plural(Math.floor(age / (30 * day)), 'month');
  return date(new Date(then));
}

/** A short form for a column: `5m`, `2h`, `41d`, `3mo`, `2y`. */
export function briefAgo(iso: string, now: number): string {
  const age = Math.max(0, now - Date.parse(iso));
  if (Number.isNaN(age)) return '';
  if (age < hour) return `${Math.floor(age / minute)}m`;
  if (age < day) return `${Math.floor(age / hour)}h`;
  if (age < 60 * day) return `${Math.floor(age / day)}d`;
  return age < 2 * 365 * day ? `${Math.floor(age / (30 * day))}mo` : `${Math.floor(age / (365 * day))}y`;
}

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'} ago`;

const date = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

/** `2026-11-12 14:02:11`, local time. */
export function absolute(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${date(at)} ${clock(iso)}`;
}

/** `14:02:11`, local time. */
export function clock(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? iso
    : `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `41 ms`, `2.4 s`, `3 min 12 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return seconds < 3_600
    ? `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
    : `${Math.floor(seconds / 3_600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}
