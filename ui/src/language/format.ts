/** Times, spans and quantities as the reader expects them. */
import { currentLanguage, say } from "./index";

/** Times are stored in UTC and shown in the hospital's zone, wherever the reader sits. */
let zone: string | undefined;
export function setZone(name: string): void {
  zone = name;
}

const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${currentLanguage()}|${zone ?? ""}|${name}`;
  const known = cache.get(key);
  if (known) return known;
  // Year, month, day in that order: 11/12 would be read both ways.
  const locale = currentLanguage() === "en" && name !== "day" ? "en-CA" : currentLanguage();
  const made = new Intl.DateTimeFormat(locale, {
    ...(zone ? { timeZone: zone } : {}),
    hourCycle: "h23",
    ...options,
  });
  cache.set(key, made);
  return made;
}

const two = "2-digit";
export const clockTime = (at: number): string =>
  formatter("clock", { hour: two, minute: two, second: two }).format(at);
export const shortClock = (at: number): string =>
  formatter("short clock", { hour: two, minute: two }).format(at);
export const shortDay = (at: number): string =>
  formatter("short day", { month: two, day: two }).format(at);
export const shortTime = (at: string | number): string =>
  formatter("short", { month: two, day: two, hour: two, minute: two }).format(new Date(at));
export const fullTime = (at: string | number): string =>
  formatter("full", {
    year: "numeric",
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  }).format(new Date(at));
export const longDay = (at: number): string =>
  formatter("day", { month: "long", day: "numeric", weekday: "long" }).format(at);

/** Two largest units: 3天 4时, 12分 05秒. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.floor(Math.abs(seconds)));
  const [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (d > 0) return say("span.days", { d, h });
  if (h > 0) return say("span.hours", { h, m: pad(m) });
  if (m > 0) return say("span.minutes", { m, s: pad(s % 60) });
  return say("span.seconds", { s });
}

/** Days of a working calendar: 2 个工作日. */
export const workingDays = (days: number): string =>
  say(days === 1 ? "span.workingDay" : "span.workingDays", { n: days });

const pad = (value: number): string => String(value).padStart(2, "0");

/** Digits only, for clocks that tick: 1:05:09. */
export function ticking(seconds: number): string {
  const s = Math.floor(Math.abs(seconds));
  const hours = Math.floor(s / 3600);
  if (hours >= 48) return span(s);
  const rest = `${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
  return hours > 0 ? `${String(hours)}:${rest}` : rest;
}

/** Counts are exact; measured fractions have the four digits that mean something. */
const plain = (value: number): string =>
  new Intl.NumberFormat(
    currentLanguage(),
    Number.isInteger(value) ? {} : { maximumSignificantDigits: 4 },
  ).format(value);

function scaled(value: number, base: number, names: readonly string[]): string {
  let [size, rank] = [value, 0];
  while (Math.abs(size) >= base && rank < names.length - 1) [size, rank] = [size / base, rank + 1];
  const shown = Math.abs(size) >= 100 ? Math.round(size) : Number(size.toPrecision(3));
  return `${String(shown)} ${names[rank] ?? ""}`.trim();
}

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const BITS = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"] as const;

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 0.001) return `${plain(Math.round(value * 1e6))} µs`;
  if (size < 1) return `${plain(Math.round(value * 1e3))} ms`;
  return size < 120 ? `${plain(value)} s` : span(value);
}

const UNITS: Record<string, (value: number) => string> = {
  ratio: (value) => `${plain(Math.round(value * 1000) / 10)}%`,
  percent: (value) => `${plain(value)}%`,
  "%": (value) => `${plain(value)}%`,
  bytes: (value) => scaled(value, 1024, BYTES),
  "bit/s": (value) => scaled(value, 1000, BITS),
  "bytes/s": (value) => `${scaled(value, 1024, BYTES)}/s`,
  seconds,
  s: seconds,
  ms: (value) => seconds(value / 1000),
  timestamp: (value) => fullTime(value * 1000),
  unixtime: (value) => shortTime(value * 1000),
};

/** A measured value with its unit; base units become the ones people read. */
export function quantity(value: number | null | undefined, unit?: string | null): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const known = unit ? UNITS[unit] : undefined;
  if (known) return known(value);
  const shown =
    Math.abs(value) >= 1_000_000 ? scaled(value, 1000, ["", "k", "M", "G", "T"]) : plain(value);
  return unit && unit !== "1" && unit !== "count" ? `${shown} ${unit}` : shown;
}
