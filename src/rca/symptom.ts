import type { Question } from './analysis.js';
import { clockTime, figure, nameOf } from './explain.js';
import type { FailureCluster } from './failures.js';
import { byStrength, type Finding, type Scan } from './onset.js';
import type { Reach } from './reach.js';
import type { Symptom } from './scene.js';

function isAsked(metric: string, asked: string): boolean {
  return ['', '_sum', '_total', '_bucket'].some((suffix) => metric === `${asked}${suffix}`);
}

/** What users feel before what the service says of it in its log, and both before the rest; then by strength. */
function worstFirst(a: Finding, b: Finding): number {
  const place = ({ role, events }: Finding): number =>
    role !== 'symptom' ? 2 : events === undefined ? 0 : 1;
  return place(a) - place(b) || byStrength(a, b);
}

/** Finds what is wrong on the service itself: the asked metric, else its worst one, else its failures. */
export function findSymptom(question: Question, scan: Scan, clusters: readonly FailureCluster[]): Symptom {
  const own = scan.findings.filter(({ service }) => service === question.service);
  const { metric } = question;
  const asked = metric === undefined ? undefined : own.find(({ series }) => isAsked(series.metric, metric));
  const finding = asked ?? own.filter(({ harmful }) => harmful).toSorted(worstFirst)[0];
  const failed = clusters.filter(({ service }) => service === question.service);
  const first = failed.map(({ onsetAt }) => onsetAt).sort((a, b) => a - b)[0];
  const still = scan.readings.filter(
    (reading) =>
      reading.service === question.service && metric !== undefined && isAsked(reading.series.metric, metric),
  );
  const reading = finding ?? still.toSorted((a, b) => b.strength - a.strength)[0];
  return { metric: finding?.series.metric, onsetAt: finding?.onsetAt ?? first, finding, reading };
}

function missingDependencies({ service }: Question, reach: Reach): readonly string[] {
  if (!reach.graphKnown) {
    return [
      'No dependency between services is recorded: every service counts as within reach, and causes are told from effects by time and, where several are slow or fail alike, by an inferred order: what takes less time lies within what takes more. Needed: dependency events (service calls callee).',
    ];
  }
  if (reach.services.length > 1 || reach.callers.size > 0) return [];
  return [
    `No dependency from or to ${service} is recorded, so nothing but itself was looked at. Needed: dependency events (service calls callee).`,
  ];
}

function missingSymptom({ service, metric, at }: Question, scan: Scan, symptom: Symptom): readonly string[] {
  const own = scan.readings.filter((reading) => reading.service === service);
  if (own.length === 0) {
    return [
      `No series of ${service} has samples both in the window before ${clockTime(at)} and before that window. Needed: its latency, errors and resources, at least some minutes of them from before the incident.`,
    ];
  }
  const asked = metric === undefined ? [] : own.filter(({ series }) => isAsked(series.metric, metric));
  if (metric !== undefined && asked.length === 0) {
    return [
      `${metric} of ${service} has no samples to compare. Needed: samples of it before and at ${clockTime(at)}.`,
    ];
  }
  const nearest = asked.toSorted((a, b) => b.strength - a.strength)[0];
  if (nearest !== undefined && !asked.some(({ shift }) => shift.onsetAt !== undefined)) {
    return [
      `${nameOf(nearest)} shows no lasting change: at most ${figure(Math.abs(nearest.shift.deviation))} times its usual spread. Needed: the time at which it was seen, or a longer window.`,
    ];
  }
  if (symptom.onsetAt !== undefined) return [];
  return [
    `None of the ${own.length} series of ${service} changed lastingly for the worse, and it recorded no unusual failures. Needed: the metric on which the symptom is seen.`,
  ];
}

const MOST_NAMED = 5;

function missingCallees({ service }: Question, reach: Reach, scan: Scan): readonly string[] {
  const measured = new Set(scan.readings.map((reading) => reading.service));
  const silent = reach.services.filter((name) => name !== service && !measured.has(name));
  if (!reach.graphKnown || silent.length === 0) return [];
  const more = silent.length > MOST_NAMED ? ` and ${silent.length - MOST_NAMED} more` : '';
  return [
    `No series of ${silent.slice(0, MOST_NAMED).join(', ')}${more} can be compared, which ${service} depends on. Needed: their metrics.`,
  ];
}

/** What evidence an analysis lacks, a sentence each; none when it has what it needs. */
export function missingEvidence(
  question: Question,
  reach: Reach,
  scan: Scan,
  symptom: Symptom,
): readonly string[] {
  return [
    ...missingDependencies(question, reach),
    ...missingSymptom(question, scan, symptom),
    ...missingCallees(question, reach, scan),
  ];
}
