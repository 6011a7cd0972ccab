import type { Argument } from './analysis.js';
import { changePercent, extentOf, nameOf, shiftArgument, spreads } from './explain.js';
import type { Finding } from './onset.js';
import { originTerm, placeArguments, precedenceTerm } from './origin.js';
import { begunAt, effectAt, type Scene } from './scene.js';
import { type Draft, scoreOf, term } from './terms.js';
import { roleSpecificity } from './vocabulary.js';
import { CLEARLY_ABNORMAL, FOLLOWING, METRIC_WEIGHTS, ORDER_SLACK_MS } from './weights.js';
import { type Overlap, overlapOf, tellingWords, type WordBag } from './words.js';

const MOST_OF_A_SERVICE = 3;
const HARMLESS_SPECIFICITY = 0.2;

/** Whether the same service's memory or disk clearly filled too: that costs processor time, and not the reverse. */
function follows(scene: Scene, { service, group }: Finding): boolean {
  const findings = group === 'cpu' ? (scene.evidence.get(service)?.findings ?? []) : [];
  return findings.some(
    (other) =>
      other.harmful &&
      (other.group === 'memory' || other.group === 'disk') &&
      other.strength >= CLEARLY_ABNORMAL,
  );
}

/** How specific a finding is as a cause: a resource that runs out says more than a latency. */
function specificityOf(scene: Scene, finding: Finding): number {
  if (!finding.harmful) return HARMLESS_SPECIFICITY;
  return roleSpecificity[finding.role] * (follows(scene, finding) ? FOLLOWING : 1);
}

function promise(scene: Scene, finding: Finding): number {
  return finding.strength * specificityOf(scene, finding);
}

/** The findings of a service that may be its cause: the best of each kind of metric and each part, a few at most. */
function blamable(scene: Scene, service: string): readonly Finding[] {
  const latest = effectAt(scene) + ORDER_SLACK_MS;
  const kept = new Map<string, Finding>();
  const metrics = new Set<string>();
  const findings = scene.evidence.get(service)?.findings ?? [];
  for (const finding of findings.toSorted((a, b) => promise(scene, b) - promise(scene, a))) {
    const { role, group, series, onsetAt } = finding;
    // What callers feel is the symptom itself; a service has one candidate for all of it.
    const key = role === 'symptom' ? 'symptom' : `${series.component}\n${group}`;
    const late = begunAt(scene, onsetAt) > latest;
    // The same metric on several instances is one thing that happened to the service.
    if (late || kept.has(key) || metrics.has(series.metric)) continue;
    kept.set(key, finding);
    metrics.add(series.metric);
  }
  return [...kept.values()].slice(0, MOST_OF_A_SERVICE);
}

function termsOf(scene: Scene, finding: Finding, alertWords: WordBag): Draft['terms'] {
  const { service, series, group, role, strength, shift, onsetAt } = finding;
  const overlap = overlapOf(tellingWords(series.metric), alertWords, new Map());
  return [
    originTerm(scene, service, METRIC_WEIGHTS.origin),
    term(
      'strength',
      strength,
      METRIC_WEIGHTS.strength,
      `How far the metric left its usual range, ${spreads(shift.deviation)} times its usual spread, less where the change or what was counted is small.`,
    ),
    precedenceTerm(
      scene,
      { service, onsetAt: begunAt(scene, onsetAt), untilAt: shift.untilAt },
      METRIC_WEIGHTS.precedence,
    ),
    term(
      'specificity',
      specificityOf(scene, finding),
      METRIC_WEIGHTS.specificity,
      role === 'symptom'
        ? `What is felt from outside (${group}) names no cause.`
        : `A metric of ${group} names what ran out or changed${follows(scene, finding) ? '; what filled at the same service costs processor time' : ''}.`,
    ),
    term('words', overlap.value, METRIC_WEIGHTS.words, wordsMeaning(overlap)),
  ];
}

const MOST_OTHERS = 2;

/** The strongest other metrics of the service that changed for the worse, each once. */
function othersOf(scene: Scene, { service, series }: Finding): readonly Finding[] {
  const others = new Map<string, Finding>();
  for (const other of scene.evidence.get(service)?.findings ?? []) {
    const { metric } = other.series;
    if (other.harmful && metric !== series.metric && !others.has(metric)) others.set(metric, other);
  }
  return [...others.values()].slice(0, MOST_OTHERS);
}

function against(scene: Scene, finding: Finding): readonly Argument[] {
  const { role, group, harmful, series, service, shift } = finding;
  const deeper = scene.evidence
    .get(service)
    ?.findings.some((other) => other.harmful && (other.role === 'resource' || other.role === 'waiting'));
  const sentences = [
    role === 'symptom'
      ? `${series.metric} says that ${service} is degraded, not why${deeper === true ? '' : '; none of its resources, pools or queues left its usual range'}.`
      : undefined,
    harmful
      ? undefined
      : `A metric of ${group} that ${shift.deviation > 0 ? 'rises' : 'falls'} is more often an effect than a cause.`,
  ];
  return sentences.flatMap((sentence) => (sentence === undefined ? [] : [{ sentence, cites: [] }]));
}

function metricDraft(scene: Scene, finding: Finding, alertWords: WordBag): Draft {
  const { service, series, onsetAt } = finding;
  const place = placeArguments(scene, service);
  const terms = termsOf(scene, finding, alertWords);
  const change = changePercent(finding);
  return {
    score: scoreOf(terms),
    causeKind: 'metric',
    title: titleOf(finding, change),
    service,
    ...(series.component === undefined ? {} : { component: series.component }),
    metric: series.metric,
    ...(change === undefined ? {} : { metricChangePercent: change }),
    onsetAt,
    terms,
    supporting: [finding, ...othersOf(scene, finding)].map(shiftArgument).concat(place.supporting),
    opposing: [...place.opposing, ...against(scene, finding)],
  };
}

function wordsMeaning({ words }: Overlap): string {
  return words.length === 0
    ? 'No word of its name is in the alerts.'
    : `Words that it shares with the alerts: ${words.join(', ')}.`;
}

function titleOf(finding: Finding, change: number | undefined): string {
  const by = change === undefined ? '' : ` ${extentOf(change)}`;
  return `${nameOf(finding)} ${finding.shift.deviation > 0 ? 'rose' : 'fell'}${by}`;
}

/** The metrics within reach that may be the cause. */
export function metricCandidates(scene: Scene, alertWords: WordBag): readonly Draft[] {
  return scene.reach.services.flatMap((service) =>
    blamable(scene, service).map((finding) => metricDraft(scene, finding, alertWords)),
  );
}

const RULED_OUT_OF_A_SERVICE = 4;

function ruledOut(reason: string, service: string, metric: string, title: string): Draft {
  return {
    score: 0,
    causeKind: 'metric',
    title,
    service,
    metric,
    terms: [],
    supporting: [],
    opposing: [{ sentence: reason, cites: [] }],
    rejected: reason,
  };
}

/** What changed within reach only after the symptom began. */
function lateMetrics(scene: Scene, service: string): readonly Draft[] {
  const effect = effectAt(scene);
  const findings = scene.evidence.get(service)?.findings ?? [];
  return findings
    .filter(({ onsetAt }) => begunAt(scene, onsetAt) > effect + ORDER_SLACK_MS)
    .map((finding) => ({
      ...ruledOut(
        `It changed ${Math.round((finding.onsetAt - effect) / 1000)} s after the symptom began.`,
        service,
        finding.series.metric,
        titleOf(finding, changePercent(finding)),
      ),
      onsetAt: finding.onsetAt,
    }));
}

/** Resources of a service that stand still: the one of each kind that moved most. */
function stillMetrics(scene: Scene, service: string): readonly Draft[] {
  const { findings = [], readings = [] } = scene.evidence.get(service) ?? {};
  const moved = new Set(findings.map(({ group }) => group));
  const still = new Map<string, Draft>();
  for (const reading of readings.toSorted((a, b) => b.strength - a.strength)) {
    const { group, role, shift } = reading;
    if ((role !== 'resource' && role !== 'waiting') || moved.has(group) || still.has(group)) continue;
    const reason = `No lasting change of consequence: at most ${Math.abs(shift.deviation).toFixed(1)} times its usual spread.`;
    still.set(group, ruledOut(reason, service, reading.series.metric, `${nameOf(reading)} did not change`));
  }
  return [...still.values()];
}

/** What changed only after the symptom, and resources of the services that were looked at closely and stand still. */
export function rejectedMetrics(scene: Scene, looked: readonly string[]): readonly Draft[] {
  const others = scene.reach.services.filter((service) => !looked.includes(service));
  return [...looked, ...others].flatMap((service) => {
    const still = looked.includes(service) ? stillMetrics(scene, service) : [];
    return [...lateMetrics(scene, service), ...still].slice(0, RULED_OUT_OF_A_SERVICE);
  });
}
