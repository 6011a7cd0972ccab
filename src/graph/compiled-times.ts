/** Bounds of times that follow from comparing them with each other, so that a join reads no more than it can use. */
import type { RowCondition, RowScan, RowSource, RowValue } from '../evidence/index.js';
import { instantOf } from '../model/index.js';

/** A comparison carries a bound from one source to the next; so many carry it through any join that people write. */
const ROUNDS = 4;

interface Span {
  since: number;
  until: number;
}

/** The time of a source's rows, moved by some milliseconds. */
interface Moved {
  readonly source: string;
  readonly byMs: number;
}

function isTime({ columns }: RowScan, name: string): boolean {
  const places = columns[name] ?? [];
  return places.length === 1 && places.every((place) => place.type === 'column' && place.name === 'at');
}

function timeOf(value: RowValue, sources: readonly RowSource[]): Moved | undefined {
  if (value.type === 'moved') {
    const of = timeOf(value.of, sources);
    return of && { source: of.source, byMs: of.byMs + value.byMs };
  }
  if (value.type !== 'column') return undefined;
  const source = sources.find(({ name }) => name === value.column.source);
  const isOfTime = source?.type === 'scan' && source.scans.every((scan) => isTime(scan, value.column.name));
  return isOfTime ? { source: value.column.source, byMs: 0 } : undefined;
}

/** The hull of a source's scans, of which each but one that is bounded on its own may lie anywhere. */
function spanOf(source: RowSource): Span {
  const bounds = source.type === 'scan' ? source.scans.map((scan) => scan.bounds) : [];
  return {
    since: Math.min(...bounds.map(({ since = Number.NEGATIVE_INFINITY }) => since)),
    until: Math.max(...bounds.map(({ until = Number.POSITIVE_INFINITY }) => until)),
  };
}

/** `left` lies before `right`, or at the same time. */
function order(left: Moved, right: Moved, spans: ReadonlyMap<string, Span>): void {
  const [a, b] = [spans.get(left.source), spans.get(right.source)];
  if (a === undefined || b === undefined) return;
  a.until = Math.min(a.until, b.until + right.byMs - left.byMs);
  b.since = Math.max(b.since, a.since + left.byMs - right.byMs);
}

function carry(
  condition: RowCondition,
  sources: readonly RowSource[],
  spans: ReadonlyMap<string, Span>,
): void {
  if (condition.type === 'and') for (const part of condition.conditions) carry(part, sources, spans);
  if (condition.type !== 'compare' || condition.as !== 'instant') return;
  const [left, right] = [timeOf(condition.left, sources), timeOf(condition.right, sources)];
  if (left === undefined || right === undefined) return;
  switch (condition.operator) {
    case '<':
    case '<=':
      order(left, right, spans);
      return;
    case '>':
    case '>=':
      order(right, left, spans);
      return;
    case '=':
      order(left, right, spans);
      order(right, left, spans);
      return;
    case '!=':
  }
}

function within(scan: RowScan, { since, until }: Span): RowScan {
  const [first, last] = [
    Math.max(since, scan.bounds.since ?? Number.NEGATIVE_INFINITY),
    Math.min(until, scan.bounds.until ?? Number.POSITIVE_INFINITY),
  ];
  const bounds = {
    ...scan.bounds,
    ...(Number.isFinite(first) ? { since: instantOf(first) } : {}),
    ...(Number.isFinite(last) ? { until: instantOf(last) } : {}),
  };
  return { ...scan, bounds };
}

/** Sources with the bounds of their times carried over to those that are compared with them. */
export function withTimes(
  sources: readonly RowSource[],
  conditions: readonly RowCondition[],
): readonly RowSource[] {
  const spans = new Map(sources.map((source) => [source.name, spanOf(source)]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const condition of conditions) carry(condition, sources, spans);
  }
  return sources.map((source) => {
    const span = spans.get(source.name);
    if (source.type !== 'scan' || span === undefined) return source;
    return { ...source, scans: source.scans.map((scan) => within(scan, span)) };
  });
}
