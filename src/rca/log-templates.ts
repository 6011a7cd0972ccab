import type { EvidenceStore } from '../evidence/index.js';
import type { EventReceipt, Instant, Window } from '../model/index.js';
import { templateOf } from './failures.js';
import type { Windows } from './windows.js';

/** Lines of a log that differ only in numbers and identifiers, as counted volumes with the label `template` tell them. */
export interface LogTemplate {
  readonly service: string;
  readonly template: string;
  readonly level: string;
  /** How many in the recent window, and how many are usual for as long a time. */
  readonly count: number;
  readonly usual: number;
  readonly firstAt: Instant;
  readonly first: EventReceipt<'log_volume'>;
}

const MOST_VOLUMES = 10_000;

/** How much more than usual counts as more: twice as many and some. */
const MORE = 2;
const LEAST_MORE = 2;

/** The label that names the template of a counted volume, and the one that says how many are usual. */
const TEMPLATE_LABEL = 'template';
const USUAL_LABEL = 'usual';

async function readVolumes(
  store: EvidenceStore,
  window: Window,
): Promise<readonly EventReceipt<'log_volume'>[]> {
  const events = await store.events({
    kinds: ['log_volume'],
    window,
    order: 'newest-first',
    limit: MOST_VOLUMES,
  });
  return events.flatMap((event) =>
    event.kind === 'log_volume' && event.labels?.[TEMPLATE_LABEL] !== undefined ? [event] : [],
  );
}

function keyOf({ service, labels }: EventReceipt<'log_volume'>): string {
  return JSON.stringify([service, templateOf(labels?.[TEMPLATE_LABEL] ?? '')]);
}

function summed(volumes: readonly EventReceipt<'log_volume'>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const volume of volumes) sums.set(keyOf(volume), (sums.get(keyOf(volume)) ?? 0) + volume.count);
  return sums;
}

/** Every template of every service in the recent window, beside how many lines of it are usual. */
export async function readTemplates(
  store: EvidenceStore,
  { baseline, recent }: Windows,
): Promise<readonly LogTemplate[]> {
  const late = await readVolumes(store, recent);
  const before = summed(await readVolumes(store, baseline));
  const scale = (recent.to - recent.from) / Math.max(1, baseline.to - baseline.from);
  const counts = summed(late);
  const firsts = new Map(late.map((volume) => [keyOf(volume), volume]));
  return [...firsts].map(([key, first]) => {
    const told = late.flatMap((volume) =>
      keyOf(volume) === key ? (volume.labels?.[USUAL_LABEL] ?? []) : [],
    );
    return {
      service: first.service ?? '',
      template: first.labels?.[TEMPLATE_LABEL] ?? '',
      level: first.level,
      count: counts.get(key) ?? 0,
      usual: Math.max((before.get(key) ?? 0) * scale, ...told.map(Number).filter(Number.isFinite)),
      firstAt: first.at,
      first,
    };
  });
}

/** Whether there are more lines of a template than usual. */
export function isMore({ count, usual }: LogTemplate): boolean {
  return count >= MORE * usual + LEAST_MORE;
}

/** Whether a template tells of trouble by its level. */
export function isTroubled({ level }: LogTemplate): boolean {
  return /^(warn|err|crit|alert|emerg|fatal|panic|severe)/i.test(level);
}
