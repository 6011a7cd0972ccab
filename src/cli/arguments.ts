import { InvalidArgumentError } from 'commander';
import {
  DAY_MS,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  parseInstant,
  SECOND_MS,
  type Window,
} from '../model/index.js';

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** Reads a duration such as `30m`, `2h` or `1h30m`, in milliseconds. */
export function parseDurationMs(text: string): number {
  if (!/^(\d{1,9}[smhd])+$/.test(text))
    throw new InvalidArgumentError('expected a duration such as 30m, 2h or 1h30m');
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

/** Reads an RFC 3339 time. */
export function parseTime(text: string): Instant {
  const at = parseInstant(text);
  if (at === undefined)
    throw new InvalidArgumentError('expected an RFC 3339 time such as 2026-01-02T03:04:05Z');
  return at;
}

/** Reads a span of time: two RFC 3339 times with a slash between them, the second after the first. */
export function parseSpan(text: string): Window {
  const [from, to, ...rest] = text.split('/').map(parseInstant);
  if (from === undefined || to === undefined || rest.length > 0 || from >= to)
    throw new InvalidArgumentError('expected two RFC 3339 times, FROM/TO, the second after the first');
  return { from, to };
}

/** Reads a whole number from 1. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1');
  return Number(text);
}

/** Adds `NAME=VALUE` to those given before; for options that may be repeated. */
export function collectPair(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected NAME=VALUE');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Reads a number. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** Reads a change in %, with or without the sign of it. */
export function parsePercent(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('expected a change in % such as -30 or +15');
  }
  return value;
}

/** Adds a text to those given before; for options that may be repeated. */
export function collectText(text: string, before: readonly string[] = []): readonly string[] {
  if (text === '') throw new InvalidArgumentError('expected a text that is not empty');
  return [...before, text];
}

/** Reads the name of a label as Prometheus has them. */
export function parseLabelName(text: string): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(text))
    throw new InvalidArgumentError('expected the name of a label, such as service');
  return text;
}
