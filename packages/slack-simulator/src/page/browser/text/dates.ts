/**
 * A date as Slack writes it for its reader.
 * @param seconds since 1970
 * @param format holds `{date}`, `{time}` and the like; what is not one of them stays
 * @param reader their zone and language (default: the browser's), and their clock, milliseconds since 1970
 * @returns null when there is no such date, so that the fallback is shown
 */
export function dateText(seconds: number, format: string, reader: Reader = {}): string | null {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return format.replace(/\{([a-z_]+)\}/g, (whole, name: string) => part(name, date, reader) ?? whole);
}

export interface Reader {
  readonly zone?: string;
  readonly language?: string;
  readonly now?: number;
}

type Parts = Intl.DateTimeFormatOptions;

const FORMATS: Readonly<Record<string, Parts>> = {
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
};

function part(name: string, date: Date, reader: Reader): string | null {
  if (name === 'ago') return ago(date, reader);
  if (name === 'date_num') return isoDate(date, reader);
  const options = FORMATS[name.replace(/_pretty$/, '')];
  if (options === undefined) return null;
  if (name.endsWith('_pretty') && !name.startsWith('time')) {
    const near = nearDay(date, reader);
    if (near !== null) return near;
  }
  return new Intl.DateTimeFormat(reader.language, { ...options, ...zoneOf(reader) }).format(date);
}

function zoneOf(reader: Reader): Parts {
  return reader.zone === undefined ? {} : { timeZone: reader.zone };
}

/** `2026-01-31` */
function isoDate(date: Date, reader: Reader): string {
  // Sweden writes dates in just this way.
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', ...zoneOf(reader) }).format(date);
}

const DAY_MS = 86_400_000;

/** Yesterday, today and tomorrow have names. */
function nearDay(date: Date, reader: Reader): string | null {
  const now = reader.now ?? Date.now();
  const days = [-1, 0, 1];
  const day = days.find(
    (offset) => isoDate(new Date(now + offset * DAY_MS), reader) === isoDate(date, reader),
  );
  if (day === undefined) return null;
  return new Intl.RelativeTimeFormat(reader.language, { numeric: 'auto' }).format(day, 'day');
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

function ago(date: Date, reader: Reader): string {
  const seconds = Math.round((date.getTime() - (reader.now ?? Date.now())) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS[3];
  return new Intl.RelativeTimeFormat(reader.language, { numeric: 'auto' }).format(
    Math.trunc(seconds / size),
    unit,
  );
}
