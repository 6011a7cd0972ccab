import type { EvidenceStore } from '../evidence/index.js';
import type { Instant, Series } from '../model/index.js';
import type { Windows } from './windows.js';

/** An instance of a service whose series ended in the recent window, or began there. */
export interface InstanceChange {
  readonly service: string;
  readonly instance: string;
  readonly what: 'ended' | 'began';
  /** The time of its last sample, or of its first. */
  readonly at: Instant;
  /** One of its series that has a sample then. */
  readonly series: Series;
}

interface Span {
  readonly service: string;
  readonly instance: string;
  first: { readonly at: Instant; readonly series: Series };
  last: { readonly at: Instant; readonly series: Series };
  /** The widest mean distance of its samples, in milliseconds. */
  stepMs: number;
}

/** Samples that may be missing at the end before an instance counts as gone. */
const MISSING_STEPS = 4;

const INSTANCE_LABELS = ['pod', 'instance'] as const;

function instanceOf({ labels }: Series): string | undefined {
  return INSTANCE_LABELS.map((name) => labels[name]).find((value) => value !== undefined && value !== '');
}

async function spansOf(
  store: EvidenceStore,
  services: readonly string[],
  { baseline, recent }: Windows,
): Promise<readonly Span[]> {
  const series = store.findSeries({ services }).filter((one) => instanceOf(one) !== undefined);
  if (series.length === 0) return [];
  const window = { from: baseline.from, to: recent.to };
  const active = await store.activity({ window, series: series.map(({ ref }) => ref) });
  const spans = new Map<string, Span>();
  for (const { series: ref, samples, firstAt, lastAt } of active) {
    const one = store.seriesOf(ref);
    const [service, instance] = [one.service, instanceOf(one)];
    // A single sample tells nothing of when the next is due.
    if (service === undefined || instance === undefined || samples < 2) continue;
    const [first, last] = [
      { at: firstAt, series: one },
      { at: lastAt, series: one },
    ];
    const key = JSON.stringify([service, instance]);
    const span = spans.get(key) ?? { service, instance, first, last, stepMs: 0 };
    if (firstAt < span.first.at) span.first = first;
    if (lastAt > span.last.at) span.last = last;
    span.stepMs = Math.max(span.stepMs, (lastAt - firstAt) / (samples - 1));
    spans.set(key, span);
  }
  return [...spans.values()];
}

/**
 * Which instances of some services went away or came in the recent window, by the samples that ended or began, oldest
 * first; none of a service all of whose instances fell silent, since then it is scraping that may have ended.
 */
export async function instanceChanges(
  store: EvidenceStore,
  services: readonly string[],
  windows: Windows,
): Promise<readonly InstanceChange[]> {
  const spans = await spansOf(store, services, windows);
  const { from, to } = windows.recent;
  const changes = spans.flatMap(({ service, instance, first, last, stepMs }): readonly InstanceChange[] => {
    const slackMs = MISSING_STEPS * stepMs;
    const ended = last.at >= from - slackMs && last.at < to - slackMs;
    const began = first.at >= from && first.at > windows.baseline.from + slackMs;
    return [
      ...(began ? [{ service, instance, what: 'began' as const, ...first }] : []),
      ...(ended ? [{ service, instance, what: 'ended' as const, ...last }] : []),
    ];
  });
  const lives = new Set(
    spans.filter(({ last, stepMs }) => last.at >= to - MISSING_STEPS * stepMs).map(({ service }) => service),
  );
  return changes
    .filter(({ service }) => lives.has(service))
    .sort((a, b) => a.at - b.at || (a.instance < b.instance ? -1 : 1));
}
