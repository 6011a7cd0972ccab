import { BIGINT, type DuckDBConnection } from '@duckdb/node-api';
import { EvidenceError } from '../../errors.js';
import type { SignalSeries } from '../../signals.js';
import {
  LATENCY_BOUNDS_MS,
  type StepColumns,
  type StepFigure,
  type StepIncrease,
  type StepQuery,
  stepFigures,
  stepIncreases,
} from '../../steps.js';
import { namedFloatColumns } from '../float-columns.js';
import { stepStatement } from './statement.js';

/** After any time that evidence may carry. */
const FOREVER = 9_000_000_000_000_000;

/** No series gets this number: the greatest that its column holds. */
const NO_SERIES = 2 ** 32 - 1;

function check({ window, stepMs, limit }: StepQuery): number {
  const count = Math.floor((window.to - window.from) / stepMs);
  if (Number.isSafeInteger(stepMs) && stepMs > 0 && count > 0 && limit >= 1) return count;
  throw new EvidenceError(
    'store-failed',
    'Steps need whole milliseconds, a window that holds one, and a limit.',
  );
}

function named<N extends string>(
  names: readonly N[],
  columns: readonly Float64Array[],
): Readonly<Record<N, Float64Array>> {
  const entries = names.map((name, index) => [name, columns[index] ?? new Float64Array()] as const);
  // TypeScript does not follow names through Object.fromEntries; they are those given by construction.
  return Object.fromEntries(entries) as Record<N, Float64Array>;
}

/** Series as rows of the statement. */
function rowOf(signal: SignalSeries): Readonly<Record<string, unknown>> {
  const { series, service = null } = signal;
  if (signal.role === 'figure') {
    return { series, service, role: signal.role, rank: 0, thing: signal.figure, factor: 1, upTo: null };
  }
  const { role, rank, thing, factor, upTo = Number.POSITIVE_INFINITY, critical = false } = signal;
  return { series, service, role, rank, thing, factor, critical, upTo: Number.isFinite(upTo) ? upTo : null };
}

/** Signals as parameters; the range of their series tells row groups that hold none of them apart. */
function boundSignals(signals: readonly SignalSeries[]) {
  const refs = signals.map(({ series }) => series);
  return {
    signals: JSON.stringify(signals.map(rowOf)),
    lowest: refs.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
    highest: refs.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** The figures of each scope and step, computed in DuckDB from the receipts of that step; see {@link StepQuery}. */
export async function steps(connection: DuckDBConnection, query: StepQuery): Promise<StepColumns> {
  const count = check(query);
  const { window, stepMs, services, closings, closesAt, limit, signals = [] } = query;
  const withSignals = signals.length > 0;
  const { signals: rows, ...range } = boundSignals(signals);
  const times = {
    from: window.from,
    to: window.from + count * stepMs,
    step: stepMs,
    count,
    closings: closings ?? NO_SERIES,
    closesAt: closesAt ?? FOREVER,
    limit: limit + 1,
    ...(withSignals ? range : {}),
  };
  const values = Object.fromEntries(Object.entries(times).map(([name, value]) => [name, BigInt(value)]));
  const types = Object.fromEntries(Object.keys(times).map((name) => [name, BIGINT]));
  const chosen = services === undefined ? {} : { services: JSON.stringify(services) };
  const result = await connection.run(
    stepStatement(services !== undefined, withSignals),
    { ...values, ...chosen, ...(withSignals ? { signals: rows } : {}) },
    types,
  );
  const { names, columns: all } = await namedFloatColumns(result);
  if (names.length > limit) {
    throw new EvidenceError('store-failed', `The window holds more than ${limit} steps: narrow it.`);
  }
  const [at = new Float64Array(), receipts = new Float64Array(), ...columns] = all;
  const afterFigures = stepFigures.length;
  const afterIncreases = afterFigures + stepIncreases.length;
  return {
    length: names.length,
    service: names.map((name) => (name === '' ? undefined : name)),
    at,
    receipts,
    figures: named<StepFigure>(stepFigures, columns),
    increases: named<StepIncrease>(stepIncreases, columns.slice(afterFigures, afterIncreases)),
    latencyBuckets: LATENCY_BOUNDS_MS.map(
      (_, index) => columns[afterIncreases + index] ?? new Float64Array(),
    ),
  };
}
