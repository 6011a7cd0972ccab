/** What happened around an incident on one axis of time: alerts, onsets, failures, changes, and the metrics below them. */
import type { Signal } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import { type Lane, Lanes, type Span } from '../charts/lanes.js';
import { MetricChart } from '../charts/metric-chart.js';
import { useQuery } from '../data/query.js';
import {
  IncidentFailuresDocument,
  type IncidentFailuresQuery,
  RecentHappeningsDocument,
  type RecentHappeningsQuery,
} from '../generated/graphql.js';
import { lanesOf, leftOutOf } from '../overview/happenings.js';
import { Section } from '../parts/text.js';
import { Answered } from '../states/states.js';
import { durationOf, zoneName } from '../time/format.js';
import { rangeIn, windowOf } from '../time/range.js';
import type { IncidentFacts } from './incident-page.js';
import { chartsOf, failureLane, linesOf, onsetLane, spanOf } from './timeline-parts.js';

/** How many charts are shown before more are asked for; more where they stand beside the candidates. */
const SHOWN = 4;
const SHOWN_BESIDE = 10;
const BESIDE = '(min-width: 1900px)';

interface TimelineProps {
  readonly incident: IncidentFacts;
  /** The time that is pointed at, in the lanes and in every chart. */
  readonly cursor: Signal<number | undefined>;
}

/** The span of the address, or the one of the incident; it does not move while it is looked at. */
function useSpan(incident: IncidentFacts): Span {
  const [search] = useSearchParams();
  const asked = rangeIn(search);
  const own = useMemo(() => spanOf(incident, Date.now()), [incident]);
  const { from, to } = asked ?? own;
  return useMemo(() => ({ from, to }), [from, to]);
}

function marked(lanes: readonly Lane[], incident: IncidentFacts): readonly Lane[] {
  const causes = new Set(incident.candidates.slice(0, 1).flatMap(({ cause }) => cause?.iri ?? []));
  return lanes.map(({ label, happenings }) => ({
    label,
    happenings: happenings.map((one) =>
      causes.has(one.id) ? { ...one, isMain: true, tone: 'bad' as const } : one,
    ),
  }));
}

/** Alerts above, then what the analysis found and what failed, then what changed. */
function useLanes(
  incident: IncidentFacts,
  happenings: RecentHappeningsQuery | undefined,
  failures: IncidentFailuresQuery | undefined,
): readonly Lane[] {
  return useMemo(() => {
    const lanes = happenings === undefined ? [] : marked(lanesOf(happenings), incident);
    const alerts = lanes.filter(({ label }) => label === 'Alerts');
    const changes = lanes.filter(({ label }) => label !== 'Alerts');
    return [...alerts, onsetLane(incident), failureLane(failures), ...changes].filter(
      ({ label, happenings: all }) => all.length > 0 || label === 'Deployments',
    );
  }, [incident, happenings, failures]);
}

function Charts({ incident, cursor, span }: TimelineProps & { readonly span: Span }) {
  const [isAll, showAll] = useState(false);
  const charts = useMemo(() => chartsOf(incident), [incident]);
  const through = useMemo(() => linesOf(incident), [incident]);
  const first = matchMedia(BESIDE).matches ? SHOWN_BESIDE : SHOWN;
  const shown = isAll ? charts : charts.slice(0, first);
  return (
    <div class="timeline-charts">
      {shown.map(({ service, metric, title }) => (
        <MetricChart
          key={`${service} ${metric}`}
          {...{ service, metric, title, span, through, cursor }}
          heightPx={116}
        />
      ))}
      {shown.length < charts.length && (
        <button type="button" onClick={() => showAll(true)}>
          {charts.length - shown.length} more charts of candidates
        </button>
      )}
    </div>
  );
}

/** The timeline of the page. */
export function Timeline({ incident, cursor }: TimelineProps) {
  const span = useSpan(incident);
  const subject = `timeline ${incident.id}`;
  const happenings = useQuery(RecentHappeningsDocument, { ...windowOf(span), services: null }, { subject });
  const failures = useQuery(IncidentFailuresDocument, windowOf(span), { subject: `failures ${incident.id}` });
  const lanes = useLanes(incident, happenings.data, failures.data);
  const lines = useMemo(() => linesOf(incident), [incident]);
  const leftOut = happenings.data === undefined ? undefined : leftOutOf(happenings.data);
  return (
    <Section title="Timeline" aside={`${durationOf(span.to - span.from)}, ${zoneName()} time`}>
      <Answered query={happenings} what="what happened" lines={6}>
        {() => (
          <>
            {leftOut !== undefined && <p class="partial">{leftOut}</p>}
            <Lanes lanes={lanes} span={span} cursor={cursor} lines={lines} />
          </>
        )}
      </Answered>
      <p class="timeline-key small soft">
        <span class="key-line tone-bad" aria-hidden="true" /> the symptom began{' '}
        <span class="key-line tone-accent" aria-hidden="true" /> the first candidate
      </p>
      <Charts incident={incident} cursor={cursor} span={span} />
    </Section>
  );
}
