/** How often alerts fired, counted in the store: by name, by minute, and by hour of one that comes and goes. */
import type { EvidenceStore, RowPlan, RowValue, ScanColumn } from '../../evidence/index.js';
import {
  type EventKind,
  type EventReceipt,
  type Instant,
  instantOf,
  parseInstant,
  shift,
  type Window,
} from '../../model/index.js';
import { AnalysisError } from '../errors.js';

/** An alert of a service with how often it fired. */
export interface FiredAlert {
  readonly name: string;
  readonly service: string | undefined;
  readonly fired: number;
  /** The newest of its receipts. */
  readonly latest: EventReceipt<'alert_fired'>;
}

/** How many alerts fired in a span of time. */
export interface FiredIn {
  readonly from: Instant;
  readonly fired: number;
}

/** One alert that came and went in one hour. */
export interface FlappingAlert {
  readonly name: string;
  readonly service: string | undefined;
  /** Its worst hour, and how often it fired and cleared then. */
  readonly hour: Instant;
  readonly fired: number;
  readonly cleared: number;
  /** How often it fired in all hours in which it came and went so. */
  readonly firedInAll: number;
}

/** More rows than this are an error: a question over less time has fewer. */
const MOST_ROWS = 20_000;

const field = (name: string, kinds?: readonly EventKind[]): readonly ScanColumn[] => [
  { type: 'column', name, ...(kinds === undefined ? {} : { kinds }) },
];

const column = (name: string): RowValue => ({ type: 'column', column: { source: 'alert', name } });

/** A plan over the alerts of a window. */
function planOf(
  kinds: readonly EventKind[],
  { from, to }: Window,
  columns: Readonly<Record<string, readonly ScanColumn[]>>,
): Pick<RowPlan, 'sources' | 'conditions' | 'limit'> {
  const bounds = { from: 'event', kinds, since: from, until: shift(to, -1) } as const;
  return {
    sources: [{ type: 'scan', name: 'alert', scans: [{ bounds, columns }], present: ['at'] }],
    conditions: [],
    limit: MOST_ROWS + 1,
  };
}

async function rowsOf(store: EvidenceStore, plan: RowPlan) {
  const { rows } = await store.select(plan);
  if (rows.length <= MOST_ROWS) return rows;
  throw new AnalysisError(
    'too-many-events',
    `more than ${MOST_ROWS} minutes or flapping alerts lie in the window; ask for a shorter one`,
  );
}

/** A time that the store wrote as far as its minute or hour. */
function timeOf(cell: unknown): Instant {
  const text = String(cell);
  return parseInstant(`${text}${text.length === 13 ? ':00' : ''}:00Z`) ?? instantOf(0);
}

/** The alerts that fired within a window, those that fired most first. */
export async function readFired(store: EvidenceStore, window: Window): Promise<readonly FiredAlert[]> {
  const found = await store.latestEvents('alert_fired', ['name', 'service'], window);
  return found
    .flatMap(({ event, count }) =>
      event.kind === 'alert_fired'
        ? [{ name: event.name, service: event.service, fired: count, latest: event }]
        : [],
    )
    .sort(
      (a, b) =>
        b.fired - a.fired || (a.service ?? '').localeCompare(b.service ?? '') || a.name.localeCompare(b.name),
    );
}

/** The minutes of a window in which alerts fired, in their order. */
export async function readFiredMinutes(store: EvidenceStore, window: Window): Promise<readonly FiredIn[]> {
  const rows = await rowsOf(store, {
    ...planOf(['alert_fired'], window, { at: field('at') }),
    values: [{ type: 'written-time', of: column('at'), characters: 16 }],
    aggregates: [{ type: 'count' }],
    order: [{ position: 0, isDescending: false }],
  });
  return rows.map(([minute, fired]) => ({ from: timeOf(minute), fired: Number(fired) }));
}

/** Puts minutes into spans that do not overlap, each minute into the one in which it begins; spans without alerts have 0. */
export function firedIn(minutes: readonly FiredIn[], spans: readonly Window[]): readonly FiredIn[] {
  return spans.map(({ from, to }) => {
    const within = minutes.filter((minute) => minute.from >= from && minute.from < to);
    return { from, fired: within.reduce((sum, { fired }) => sum + fired, 0) };
  });
}

/**
 * The alerts that fired at least so many times within one hour of the clock and cleared in between, each with its worst
 * hour. One alert is one fingerprint, where the sender gives one: ten pods that fire once each do not flap.
 */
export async function readFlapping(
  store: EvidenceStore,
  window: Window,
  leastFired: number,
): Promise<readonly FlappingAlert[]> {
  const atLeast = (position: number, value: number) =>
    ({
      type: 'compare',
      operator: '>=',
      left: { type: 'result', position },
      right: { type: 'constant', value: BigInt(value) },
      as: 'integer',
    }) as const;
  const rows = await rowsOf(store, {
    ...planOf(['alert_fired', 'alert_cleared'], window, {
      ...{ at: field('at'), service: field('service'), name: field('name') },
      fingerprint: field('fingerprint'),
      fired: field('id', ['alert_fired']),
      cleared: field('id', ['alert_cleared']),
    }),
    values: [
      ...[column('service'), column('name'), column('fingerprint')],
      { type: 'written-time', of: column('at'), characters: 13 },
    ],
    aggregates: [
      { type: 'count-of', of: column('fired') },
      { type: 'count-of', of: column('cleared') },
    ],
    having: [atLeast(4, leastFired), atLeast(5, leastFired - 1)],
    order: [0, 1, 2, 3].map((position) => ({ position, isDescending: false })),
  });
  const found = new Map<string, FlappingAlert>();
  for (const [service, name, , hour, fired, cleared] of rows) {
    const key = JSON.stringify([service, name]);
    const known = found.get(key);
    const firedInAll = (known?.firedInAll ?? 0) + Number(fired);
    const one = {
      name: String(name),
      service: service === undefined ? undefined : String(service),
      ...{ hour: timeOf(hour), fired: Number(fired), cleared: Number(cleared), firedInAll },
    };
    found.set(key, known !== undefined && known.fired >= one.fired ? { ...known, firedInAll } : one);
  }
  return [...found.values()].sort((a, b) => b.firedInAll - a.firedInAll);
}
