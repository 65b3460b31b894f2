const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const everyDay: readonly number[] = weekdays.map((_, day) => day);

/** The format of hours, for messages. */
export const hoursHelp = 'hours such as "Mon-Thu 09:00-16:00 Europe/Berlin" (without a time zone: UTC)';

/** A part of the week. */
export interface Hours {
  /** 0 is Monday. */
  readonly days: readonly number[];
  /** Minutes after midnight. `to` may be before `from`: it then refers to the next day. */
  readonly from: number;
  readonly to: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** Parses hours from the settings; null if they are invalid. */
export function parseHours(text: string): Hours | null {
  const match = /^(?:([A-Za-z,-]+)\s+)?(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})(?:\s+(\S+))?$/.exec(
    text.trim(),
  );
  if (!match) return null;
  const [, dayNames, fromHour, fromMinute, toHour, toMinute, timeZone = 'UTC'] = match;
  const days = dayNames === undefined ? everyDay : parseDays(dayNames);
  const from = minutes(fromHour, fromMinute);
  const to = minutes(toHour, toMinute);
  if (days === null || from === null || to === null || from === to || from === 1440) return null;
  return isTimeZone(timeZone) ? { days, from, to, timeZone } : null;
}

/** Whether a moment is within hours. The end is exclusive. */
export function isWithin({ days, from, to, timeZone }: Hours, at: Date): boolean {
  const { day, minute } = clock(at, timeZone);
  if (from < to) return days.includes(day) && minute >= from && minute < to;
  return (days.includes(day) && minute >= from) || (days.includes((day + 6) % 7) && minute < to);
}

function parseDays(text: string): number[] | null {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last = first, ...more] = part.split('-').map(dayOf);
    if (first === undefined || last === undefined || first < 0 || last < 0 || more.length > 0) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return [...days];
}

function dayOf(name: string): number {
  return name.length < 3 ? -1 : weekdays.findIndex(day => fullName(day).startsWith(name.toLowerCase()));
}

function fullName(day: (typeof weekdays)[number]): string {
  const rest = { Mon: 'day', Tue: 'sday', Wed: 'nesday', Thu: 'rsday', Fri: 'day', Sat: 'urday', Sun: 'day' };
  return `${day}${rest[day]}`.toLowerCase();
}

function minutes(hour = '', minute = ''): number | null {
  const at = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && at <= 1440 ? at : null;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function clock(at: Date, timeZone: string): { readonly day: number; readonly minute: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string): string => parts.find(one => one.type === type)?.value ?? '';
  return {
    day: weekdays.indexOf(part('weekday') as (typeof weekdays)[number]),
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}
