import type { EvidenceStore } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import type { EventReceipt } from '../model/index.js';
import type { Analysis, Question } from './analysis.js';
import { changeCandidates } from './change-candidates.js';
import { readChanges } from './changes.js';
import { failureCandidates } from './failure-candidates.js';
import { type FailureCluster, failureClusters } from './failures.js';
import { localise, type ServiceEvidence } from './localise.js';
import { metricCandidates, rejectedMetrics } from './metric-candidates.js';
import { type Scan, scan } from './onset.js';
import { rank } from './rank.js';
import { reachOf } from './reach.js';
import { mostOriginating, originOf, type Scene } from './scene.js';
import { findSymptom, missingEvidence } from './symptom.js';
import { groupOfMetric } from './vocabulary.js';
import { askWhy } from './whys/index.js';
import { windowsOf } from './windows.js';
import { bagOf, type WordBag } from './words.js';

const MOST_ALERTS = 200;

async function readAlerts(
  store: EvidenceStore,
  services: readonly string[],
  window: Scene['windows']['recent'],
): Promise<readonly EventReceipt<'alert_fired'>[]> {
  const events = await store.events({
    kinds: ['alert_fired'],
    services,
    window,
    order: 'newest-first',
    limit: MOST_ALERTS,
  });
  return events.flatMap((event) => (event.kind === 'alert_fired' ? [event] : []));
}

function groupByService(
  services: readonly string[],
  { readings, findings }: Scan,
  clusters: readonly FailureCluster[],
): ReadonlyMap<string, ServiceEvidence> {
  const evidence = new Map(
    services.map((service) => [
      service,
      {
        service,
        readings: [] as Scan['readings'][number][],
        findings: [] as Scan['findings'][number][],
        failures: [] as FailureCluster[],
      },
    ]),
  );
  for (const reading of readings) evidence.get(reading.service)?.readings.push(reading);
  for (const finding of findings) evidence.get(finding.service)?.findings.push(finding);
  for (const cluster of clusters) evidence.get(cluster.service)?.failures.push(cluster);
  return evidence;
}

async function readScene(store: EvidenceStore, topology: Topology, question: Question): Promise<Scene> {
  const reach = reachOf(topology, question.service);
  const found = await scan(store, reach.services, windowsOf(question));
  const { windows } = found;
  const clusters = await failureClusters(store, reach.services, windows);
  const symptom = findSymptom(question, found, clusters);
  const alerts = await readAlerts(store, reach.services, windows.recent);
  // A change up to one window before the symptom began; those after it are read too, to be ruled out.
  const sinceOnsetMs = question.at - (symptom.onsetAt ?? question.at);
  const changes = await readChanges(store, question.at, question.windowMs + sinceOnsetMs);
  const evidence = groupByService(reach.services, found, clusters);
  const group =
    symptom.finding?.group ??
    (question.metric === undefined ? undefined : groupOfMetric(question.metric, {}));
  const loci = localise(evidence, topology, reach, group);
  return {
    question,
    windows,
    topology,
    reach,
    scan: found,
    evidence,
    loci,
    clusters,
    changes,
    alerts,
    symptom,
  };
}

function alertWordsOf({ alerts, question }: Scene): WordBag {
  return bagOf([
    ...alerts.map(({ name, summary, metric }) => ({
      text: `${name} ${summary ?? ''} ${metric ?? ''}`,
      weight: 1,
    })),
    ...(question.metric === undefined ? [] : [{ text: question.metric, weight: 1 }]),
  ]);
}

/** The words of what went wrong, heavier where more of the degradation begins. */
function wrongWordsOf(scene: Scene): WordBag {
  const { scan: found, clusters, alerts } = scene;
  const place = (service: string): number => 0.3 + 0.7 * originOf(scene, service);
  return bagOf([
    ...found.findings
      .filter(({ harmful }) => harmful)
      .map(({ service, series, strength, group }) => ({
        text: `${series.metric} ${group} ${series.component ?? ''}`,
        weight: strength * place(service),
      })),
    ...clusters.map(({ service, component, reason }) => ({
      text: `${component} ${reason ?? ''}`,
      weight: place(service),
    })),
    ...alerts.map(({ name, summary }) => ({ text: `${name} ${summary ?? ''}`, weight: 0.5 })),
  ]);
}

/** Services whose metrics are worth listing even when they stood still: where it begins, and where it is seen. */
function looked(scene: Scene): readonly string[] {
  const origin = mostOriginating(scene)?.service;
  return [...new Set([...(origin === undefined ? [] : [origin]), scene.question.service])];
}

/**
 * Finds what may have caused what is seen on a service: compares every series within reach with its past, finds where
 * the degradation begins, and weighs metrics, failures and changes against each other. Reads no clock: the same
 * question over the same evidence has the same answer. Fails with `bad-window`, or as the store does.
 */
export async function analyse(
  store: EvidenceStore,
  topology: Topology,
  question: Question,
): Promise<Analysis> {
  const scene = await readScene(store, topology, question);
  const alertWords = alertWordsOf(scene);
  const wrongWords = wrongWordsOf(scene);
  const ranking = rank([
    ...changeCandidates(scene, wrongWords),
    ...failureCandidates(scene, alertWords),
    ...metricCandidates(scene, alertWords),
    ...rejectedMetrics(scene, looked(scene)),
  ]);
  const { reach, symptom, windows } = scene;
  const missing = missingEvidence(question, reach, scene.scan, symptom);
  const { candidates } = ranking;
  const why = await askWhy(store, { scene, candidates, missing, wrongWords: new Set(wrongWords.keys()) });
  return {
    question,
    ...windows,
    onsetAt: symptom.onsetAt,
    symptomMetric: symptom.metric,
    reach: reach.services,
    seriesScanned: scene.scan.scanned,
    ...ranking,
    why,
    missing,
  };
}
