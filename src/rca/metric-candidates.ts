import type { Argument } from './analysis.js';
import { changePercent, nameOf, shiftArgument } from './explain.js';
import type { Finding } from './onset.js';
import { originTerm, placeArguments, precedenceTerm } from './origin.js';
import { effectAt, type Scene } from './scene.js';
import { type Draft, scoreOf, term } from './terms.js';
import { groupOfMetric, roleSpecificity } from './vocabulary.js';
import { METRIC_WEIGHTS, ORDER_SLACK_MS } from './weights.js';
import { type Overlap, overlapOf, tellingWords, type WordBag } from './words.js';

const MOST_OF_A_SERVICE = 3;
const HARMLESS_SPECIFICITY = 0.2;

/** How specific a finding is as a cause: a resource that runs out says more than a latency. */
function specificityOf(finding: Finding): number {
  return finding.harmful ? roleSpecificity[finding.role] : HARMLESS_SPECIFICITY;
}

function promise(finding: Finding): number {
  return finding.strength * specificityOf(finding);
}

/** The findings of a service that may be its cause: the best of each kind of metric and each part, a few at most. */
function blamable(scene: Scene, service: string): readonly Finding[] {
  const latest = effectAt(scene) + ORDER_SLACK_MS;
  const kept = new Map<string, Finding>();
  const metrics = new Set<string>();
  const findings = scene.evidence.get(service)?.findings ?? [];
  for (const finding of findings.toSorted((a, b) => promise(b) - promise(a))) {
    const { role, group, series, onsetAt } = finding;
    // What callers feel is the symptom itself; a service has one candidate for all of it.
    const key = role === 'symptom' ? 'symptom' : `${series.component}\n${group}`;
    const late = onsetAt > latest && role !== 'symptom';
    // The same metric on several instances is one thing that happened to the service.
    if (late || kept.has(key) || metrics.has(series.metric)) continue;
    kept.set(key, finding);
    metrics.add(series.metric);
  }
  return [...kept.values()].slice(0, MOST_OF_A_SERVICE);
}

function wordsOf(finding: Finding, alertWords: WordBag): Overlap {
  return overlapOf(tellingWords(finding.series.metric), alertWords, new Map());
}

function metricDraft(scene: Scene, finding: Finding, alertWords: WordBag): Draft {
  const { service, series, group } = finding;
  const place = placeArguments(scene, service);
  const others = (scene.evidence.get(service)?.findings ?? [])
    .filter((other) => other !== finding && other.harmful && other.series.metric !== series.metric)
    .slice(0, 2);
  const overlap = wordsOf(finding, alertWords);
  const terms = [
    originTerm(scene, service, METRIC_WEIGHTS.origin),
    term(
      'strength',
      finding.strength,
      METRIC_WEIGHTS.strength,
      `How far the metric left its usual range: ${Math.abs(finding.shift.deviation).toFixed(1)} times its usual spread.`,
    ),
    precedenceTerm(scene, finding.onsetAt, METRIC_WEIGHTS.precedence),
    term(
      'specificity',
      specificityOf(finding),
      METRIC_WEIGHTS.specificity,
      finding.role === 'symptom'
        ? `What is felt from outside (${group}) names no cause.`
        : `A metric of ${group} names what ran out or changed.`,
    ),
    term('words', overlap.value, METRIC_WEIGHTS.words, wordsMeaning(overlap)),
  ];
  const opposing: Argument[] = [...place.opposing];
  if (finding.role === 'symptom') {
    opposing.push({
      sentence: `${series.metric} is what was seen, not yet why; no resource of ${service} stands out more.`,
      cites: [],
    });
  }
  if (!finding.harmful) {
    opposing.push({
      sentence: `A metric of ${group} that ${finding.shift.deviation > 0 ? 'rises' : 'falls'} is more often an effect than a cause.`,
      cites: [],
    });
  }
  const change = changePercent(finding);
  return {
    score: scoreOf(terms),
    causeKind: 'metric',
    title: titleOf(finding, change),
    service,
    ...(series.component === undefined ? {} : { component: series.component }),
    metric: series.metric,
    ...(change === undefined ? {} : { metricChangePercent: change }),
    onsetAt: finding.onsetAt,
    terms,
    supporting: [shiftArgument(finding), ...others.map(shiftArgument), ...place.supporting],
    opposing,
  };
}

function wordsMeaning({ words }: Overlap): string {
  return words.length === 0
    ? 'No word of its name is in the alerts.'
    : `Words that it shares with the alerts: ${words.join(', ')}.`;
}

function titleOf(finding: Finding, change: number | undefined): string {
  const by = change === undefined ? '' : ` by ${Math.abs(change)} %`;
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

/** Resources of these services that were looked at and stand still, and those that changed only after the symptom. */
export function rejectedMetrics(scene: Scene, services: readonly string[]): readonly Draft[] {
  const latest = effectAt(scene) + ORDER_SLACK_MS;
  return services.flatMap((service) => {
    const { findings = [], readings = [] } = scene.evidence.get(service) ?? {};
    const late = findings
      .filter(({ onsetAt, role }) => onsetAt > latest && role !== 'symptom')
      .map((finding) => ({
        ...ruledOut(
          `It changed ${Math.round((finding.onsetAt - effectAt(scene)) / 1000)} s after the symptom began.`,
          service,
          finding.series.metric,
          titleOf(finding, changePercent(finding)),
        ),
        onsetAt: finding.onsetAt,
      }));
    const moved = new Set(findings.map(({ series }) => groupOfMetric(series.metric, series.labels)));
    const still = new Map<string, Draft>();
    for (const reading of readings.toSorted((a, b) => b.strength - a.strength)) {
      const { group, role, shift } = reading;
      if ((role !== 'resource' && role !== 'waiting') || moved.has(group) || still.has(group)) continue;
      const reason = `No lasting change of consequence: at most ${Math.abs(shift.deviation).toFixed(1)} times its usual spread.`;
      still.set(group, ruledOut(reason, service, reading.series.metric, `${nameOf(reading)} did not change`));
    }
    return [...late, ...still.values()].slice(0, RULED_OUT_OF_A_SERVICE);
  });
}
