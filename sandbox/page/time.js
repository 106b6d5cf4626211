// Time as the local Slack tells it: the server's clock, never the browser's.

let base = Date.now();
let mark = performance.now();

/** Sets the clock from the server's answer (ISO text). */
export function setNow(iso) {
  base = Date.parse(iso);
  mark = performance.now();
}

/** The local Slack's time now, in milliseconds since 1970. */
export function now() {
  return base + (performance.now() - mark);
}

const formats = new Map();

/** Formats a time in a zone; formatters are kept, they are slow to make. */
export function format(ms, zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }));
  return formats.get(key).format(ms);
}

/** A usable IANA zone: the one asked for, or New York when the browser does not know it. */
export function zoneOr(zone) {
  try {
    Intl.DateTimeFormat("en-US", { timeZone: zone });
    return zone || "America/New_York";
  } catch {
    return "America/New_York";
  }
}

/** Year, month, day, hour, minute as numbers, on the wall clock of a zone. */
export function wall(ms, zone) {
  const text = format(ms, zone, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit",
    minute: "2-digit", hourCycle: "h23" });
  const [, month, day, year, hour, minute] = text.match(/(\d+)\/(\d+)\/(\d+), (\d+):(\d+)/).map(Number);
  return { year, month, day, hour, minute };
}

/** The moment (ms) at which the wall clock of a zone shows these numbers. */
export function fromWall({ year, month, day, hour = 0, minute = 0 }, zone) {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wanted;
  for (let round = 0; round < 3; round += 1) {
    const seen = wall(guess, zone);
    const off = Date.UTC(seen.year, seen.month - 1, seen.day, seen.hour, seen.minute) - wanted;
    if (off === 0) break;
    guess -= off;
  }
  return guess;
}

/** The same wall time some days or months later; a day the month lacks becomes its last. */
export function shifted(ms, zone, { days = 0, months = 0 }) {
  const from = wall(ms, zone);
  const first = new Date(Date.UTC(from.year, from.month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  const there = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(from.day, last) + days));
  return fromWall({ year: there.getUTCFullYear(), month: there.getUTCMonth() + 1, day: there.getUTCDate(),
    hour: from.hour, minute: from.minute }, zone);
}

const two = (number) => String(number).padStart(2, "0");

/** `2026-11-23` and `09:00` of a moment in a zone. */
export function isoDay(ms, zone) {
  const { year, month, day } = wall(ms, zone);
  return `${year}-${two(month)}-${two(day)}`;
}

export function isoTime(ms, zone) {
  const { hour, minute } = wall(ms, zone);
  return `${two(hour)}:${two(minute)}`;
}

/** A Slack `ts` as milliseconds. */
export const tsToMs = (ts) => Number.parseFloat(ts) * 1000;

export const timeText = (ms, zone) => format(ms, zone, { hour: "numeric", minute: "2-digit" });

export const longText = (ms, zone) => format(ms, zone, { weekday: "long", year: "numeric", month: "long",
  day: "numeric", hour: "numeric", minute: "2-digit" }).replace(" at ", ", ");

/** The short name of a zone at a moment, such as EST. */
export function zoneName(ms, zone) {
  return format(ms, zone, { timeZoneName: "short", hour: "numeric" }).split(" ").pop();
}

/** "Today", "Yesterday" or "Monday, November 23" (with the year when it is another one). */
export function dayText(ms, zone) {
  const key = isoDay(ms, zone);
  if (key === isoDay(now(), zone)) return "Today";
  if (key === isoDay(shifted(now(), zone, { days: -1 }), zone)) return "Yesterday";
  const sameYear = wall(ms, zone).year === wall(now(), zone).year;
  return format(ms, zone, { weekday: "long", month: "long", day: "numeric", ...(sameYear ? {} : { year: "numeric" }) });
}

function ago(ms) {
  const minutes = Math.round((now() - ms) / 60000);
  if (Math.abs(minutes) < 1) return "just now";
  const size = Math.abs(minutes);
  const [count, unit] = size < 60 ? [size, "minute"] : size < 1440 ? [Math.round(size / 60), "hour"]
    : [Math.round(size / 1440), "day"];
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return minutes > 0 ? `${words} ago` : `in ${words}`;
}

/** Fills Slack's date tokens, `{date_short} at {time}` and the like. */
export function fillDate(seconds, pattern, zone) {
  const ms = Number(seconds) * 1000;
  const pretty = (plain) => (["Today", "Yesterday"].includes(dayText(ms, zone)) ? dayText(ms, zone).toLowerCase() : plain);
  const day = format(ms, zone, { year: "numeric", month: "long", day: "numeric" });
  const short = format(ms, zone, { year: "numeric", month: "short", day: "numeric" });
  const long = format(ms, zone, { weekday: "long", year: "numeric", month: "long", day: "numeric" });
  const tokens = {
    date_num: () => isoDay(ms, zone), date_slash: () => isoDay(ms, zone).replaceAll("-", "/"),
    date: () => day, date_short: () => short, date_long: () => long,
    date_pretty: () => pretty(day), date_short_pretty: () => pretty(short), date_long_pretty: () => pretty(long),
    day_divider_pretty: () => dayText(ms, zone), ago: () => ago(ms),
    time: () => timeText(ms, zone),
    time_secs: () => format(ms, zone, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (tokens[name] ? tokens[name]() : whole));
}
