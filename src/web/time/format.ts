/** Times, durations and figures as people read them. */
import { storedChoice } from '../data/stored.js';

/** Whether times are told as the reader's clock or as UTC has them. */
export const zone = storedChoice('zone', ['local', 'utc']);

const formats = new Map<string, Intl.DateTimeFormat>();

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const isUtc = zone.value === 'utc';
  const key = `${isUtc}${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...options,
    hour12: false,
    ...(isUtc ? { timeZone: 'UTC' } : {}),
  });
  formats.set(key, made);
  return made;
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const SECONDS: Intl.DateTimeFormatOptions = { ...CLOCK, second: '2-digit' };
const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

/** The time of day: 21:04, or 21:04:09 with seconds. */
export const clockOf = (at: number, hasSeconds = false): string =>
  formatter(hasSeconds ? SECONDS : CLOCK).format(at);

/** The day: 3 Nov. */
export const dayOf = (at: number): string => formatter(DAY).format(at);

/** The time, with its day unless that is the one of `now`. */
export function timeOf(at: number, hasSeconds = false, now: number = Date.now()): string {
  const day = dayOf(at);
  return day === dayOf(now) ? clockOf(at, hasSeconds) : `${day} ${clockOf(at, hasSeconds)}`;
}

/** The time in full: the day with its year, seconds, and the zone. */
export function fullTimeOf(at: number): string {
  const local = new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
  return `${local} · ${new Date(at).toISOString()}`;
}

/** The name of the zone that times are told in. */
export function zoneName(): string {
  return zone.value === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** A duration in its two largest units: 2 h 5 min, 40 s. */
export function durationOf(ms: number): string {
  const size = Math.abs(ms);
  const first = UNITS.findIndex(([, unit]) => size >= unit);
  if (first === -1) return `${Math.round(size)} ms`;
  const [name, unit] = UNITS[first] ?? ['s', 1_000];
  const whole = Math.floor(size / unit);
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((size - whole * unit) / next[1]);
  return rest === 0 || next === undefined || whole >= 10
    ? `${whole} ${name}`
    : `${whole} ${name} ${rest} ${next[0]}`;
}

/** How long ago, or how far ahead: 5 min ago. */
export function agoOf(at: number, now: number): string {
  const ms = now - at;
  if (Math.abs(ms) < 5_000) return 'just now';
  return ms > 0 ? `${durationOf(ms)} ago` : `in ${durationOf(ms)}`;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** A figure with three digits that mean something: 0.00123, 12.3, 4.56 k. */
export function figureOf(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return value.toExponential(1);
  return size >= 10_000 ? compact.format(value) : plain.format(value);
}

const SYMBOLS: Readonly<Record<string, string>> = {
  seconds: 's',
  secs: 's',
  percent: '%',
  ratio: '',
  '0..1': '',
  count: '',
};

/** A figure with its unit. */
export function measureOf(value: number | null | undefined, unit: string | null | undefined): string {
  const figure = figureOf(value);
  if (value == null || unit == null) return figure;
  if (unit === 'bytes') return bytesOf(value);
  const symbol = SYMBOLS[unit] ?? unit;
  return symbol === '' ? figure : `${figure} ${symbol}`;
}

function bytesOf(value: number): string {
  const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(steps.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)));
  return `${figureOf(value / 1024 ** step)} ${steps[step]}`;
}

/** A share as a percentage: 0.873 is 87 %. */
export const percentOf = (share: number): string => `${Math.round(share * 100)} %`;

/** Words for a name that has underscores: circuit_opened is "circuit opened". */
export const wordsOf = (name: string): string => name.replaceAll('_', ' ');
