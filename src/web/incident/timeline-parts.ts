/** What the timeline of an incident is made of. */
import type { Happening, Lane, Span } from '../charts/lanes.js';
import type { ThroughLine } from '../charts/line-chart.js';
import type { IncidentFailuresQuery } from '../generated/graphql.js';
import { timeOfIri } from '../parts/cites.js';
import { documentPath } from '../paths.js';
import { wordsOf } from '../time/format.js';
import type { IncidentFacts } from './incident-page.js';

const MINUTE_MS = 60_000;

/** How much is shown before the incident, and after it. */
const [BEFORE_MS, AFTER_MS] = [25 * MINUTE_MS, 10 * MINUTE_MS];
/** The longest that is shown of an incident that goes on. */
const LONGEST_MS = 6 * 60 * MINUTE_MS;

/** From before anything of it began to after its end, or until now while it goes on. */
export function spanOf({ startsAt, onsetAt, endsAt, candidates }: IncidentFacts, now: number): Span {
  const began = Math.min(
    Date.parse(startsAt),
    ...(onsetAt === null ? [] : [Date.parse(onsetAt)]),
    ...beginOf(candidates[0]),
  );
  const from = began - BEFORE_MS;
  const over = endsAt === null ? now : Math.min(now, Date.parse(endsAt) + AFTER_MS);
  return { from, to: Math.max(Math.min(over, from + LONGEST_MS), from + BEFORE_MS + AFTER_MS / 2) };
}

/** Onsets that the analysis found, those of candidates that stand before those that were ruled out. */
export function onsetLane({ candidates, rejected }: IncidentFacts): Lane {
  const seen = new Set<string>();
  const happenings = [...candidates, ...rejected].flatMap((one): readonly Happening[] => {
    if (one.onsetAt === null || one.metric === null) return [];
    const id = `${one.service} ${one.metric} ${one.onsetAt}`;
    if (seen.has(id)) return [];
    seen.add(id);
    return [
      {
        ...{ id, at: Date.parse(one.onsetAt), title: one.title },
        tone: one.rejected === null ? 'degraded' : 'unknown',
        href: one.receipt === null ? undefined : documentPath(one.receipt.iri),
      },
    ];
  });
  return { label: 'Onsets', happenings };
}

/** Failures and circuits that opened. */
export function failureLane(failures: IncidentFailuresQuery | undefined): Lane {
  const happenings = (failures?.events.nodes ?? []).map(({ iri, at, kind, service, fields }): Happening => {
    const told = new Map(fields.map(({ name, values }) => [name, values.join(', ')]));
    const what = [told.get('component'), told.get('reason')].filter(Boolean).join(': ');
    return {
      ...{ id: iri, at: Date.parse(at), href: documentPath(iri) },
      title: `${wordsOf(kind)} of ${service ?? 'no named service'}${what === '' ? '' : `, ${what}`}`,
      tone: kind === 'circuit_opened' ? 'bad' : 'degraded',
    };
  });
  return { label: 'Failures', happenings };
}

/** When a candidate was, where it is something that happened; else when its effect began. */
function beginOf(candidate: IncidentFacts['candidates'][number] | undefined): readonly number[] {
  const at = candidate?.cause == null ? undefined : timeOfIri(candidate.cause.iri);
  if (at !== undefined) return [at];
  return candidate?.onsetAt == null ? [] : [Date.parse(candidate.onsetAt)];
}

/** When the symptom began, and when what is most likely its cause did. */
export function linesOf({ onsetAt, startsAt, candidates: [first] }: IncidentFacts): readonly ThroughLine[] {
  return [
    { at: Date.parse(onsetAt ?? startsAt), tone: 'bad' },
    ...beginOf(first).map((at) => ({ at, tone: 'accent' }) as const),
  ];
}

/** A metric that is worth a chart. */
interface Charted {
  readonly service: string | undefined;
  readonly metric: string;
  readonly title: string;
}

/** The metric of the symptom, then those of the candidates in their order, each once. */
export function chartsOf({ service, metric, candidates }: IncidentFacts): readonly Charted[] {
  const seen = new Set<string>();
  const symptom = metric === null ? [] : [{ service: service ?? undefined, metric, title: 'the symptom' }];
  const others = candidates.flatMap(({ service: where, metric: what, rank }) =>
    what === null
      ? []
      : [{ service: where === '' ? undefined : where, metric: what, title: `candidate ${rank}` }],
  );
  return [...symptom, ...others]
    .filter((one) => {
      const key = `${one.service} ${one.metric}`;
      return !seen.has(key) && seen.add(key);
    })
    .map((one) => ({
      ...one,
      title: one.service === undefined ? one.title : `of ${one.service}, ${one.title}`,
    }));
}
