import type { EvidenceStore } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import type { EventReceipt } from '../model/index.js';
import type { Analysis, Question } from './analysis.js';
import { withVerdicts } from './cause-sorts.js';
import { changeCandidates } from './change-candidates.js';
import { readChanges } from './changes.js';
import type { Experience } from './experience.js';
import { failureCandidates } from './failure-candidates.js';
import { type FailureCluster, failureClusters } from './failures.js';
import { affectedOf, firstFailingOf } from './impact.js';
import { inferredCalls } from './inferred-calls.js';
import { instanceChanges } from './instances.js';
import { missingForFirst } from './insufficient.js';
import { localise } from './localise.js';
import type { ServiceEvidence } from './localise-evidence.js';
import { isMore, isTroubled, readTemplates } from './log-templates.js';
import { metricCandidates, rejectedMetrics } from './metric-candidates.js';
import { type Scan, scan } from './onset.js';
import { outsideCandidates } from './outside-candidates.js';
import { readParts, withTaught } from './part-candidates.js';
import { rank } from './rank.js';
import { type Reach, reachOf } from './reach.js';
import { mostOriginating, originOf, type Scene } from './scene.js';
import { sinceItBegan } from './slow-burn.js';
import { sidecarsOf, withProxies } from './stand-ins.js';
import { findSymptom, missingEvidence } from './symptom.js';
import { type Trouble, troubleOf } from './trouble.js';
import { CLEARLY_ABNORMAL } from './weights.js';
import { askWhy } from './whys/index.js';
import { LONGEST_WINDOW_MS, windowsOf } from './windows.js';
import { bagOf, type WordBag } from './words.js';

const MOST_ALERTS = 200;

/** How much what went wrong on services beyond reach weighs among the words. */
const ELSEWHERE = 0.5;

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

/** Services that suffer or that no call links: what happens there is told, though it is not looked into first. */
function beyondReach(topology: Topology, { distance, callers }: Reach): readonly string[] {
  const alone = topology.services.filter(
    (name) => topology.callees(name).length === 0 && topology.callers(name).length === 0,
  );
  return [...new Set([...callers, ...alone])].filter((name) => !distance.has(name));
}

/**
 * How much farther back is looked when the symptom does not begin in the window that was asked for, as a slow burn
 * does: a query that scans a growing table, memory that leaks.
 */
const FARTHER = [4, 16] as const;

/** Whether something within reach clearly went wrong, though the service that was asked about does not show it. */
function isTroubledNear({ scan: { findings }, clusters }: Scene): boolean {
  return (
    clusters.length > 0 || findings.some(({ harmful, strength }) => harmful && strength >= CLEARLY_ABNORMAL)
  );
}

/** Reads the scene of the window that was asked for; of a longer one when the symptom begins before it. */
async function readScene(store: EvidenceStore, topology: Topology, question: Question): Promise<Scene> {
  const near = await readSceneOf(store, topology, question);
  if (near.symptom.onsetAt !== undefined || (question.metric === undefined && isTroubledNear(near)))
    return near;
  for (const times of FARTHER) {
    const windowMs = Math.min(LONGEST_WINDOW_MS, question.windowMs * times);
    const far = await readSceneOf(store, topology, { ...question, windowMs });
    if (far.symptom.onsetAt !== undefined) return { ...far, question };
  }
  return near;
}

async function readSceneOf(store: EvidenceStore, topology: Topology, question: Question): Promise<Scene> {
  const reach = reachOf(topology, question.service);
  const { comparedWith } = question;
  const sidecars = sidecarsOf(store, topology, reach);
  const found = await scan(store, reach.services, windowsOf(question), comparedWith, sidecars);
  const { windows } = found;
  const clusters = await failureClusters(store, reach.services, windows);
  const symptom = await sinceItBegan(store, findSymptom(question, found, clusters), windows);
  const alerts = await readAlerts(store, reach.services, windows.recent);
  // A change up to one window before the symptom began; those after it are read too, to be ruled out.
  const sinceOnsetMs = question.at - (symptom.onsetAt ?? question.at);
  const changes = await readChanges(store, question.at, question.windowMs + sinceOnsetMs);
  const evidence = withProxies(groupByService(reach.services, found, clusters), topology);
  const loci = localise(evidence, topology, reach, symptom.reading);
  const proxies = new Set([...sidecars.keys()].map((ref) => store.seriesOf(ref).service));
  const others = beyondReach(topology, reach).filter((service) => !proxies.has(service));
  const outer = await scan(store, others, windows, comparedWith);
  const outerClusters = await failureClusters(store, others, windows);
  const beyond = groupByService(others, outer, outerClusters);
  const templates = await readTemplates(store, windows);
  const instances = await instanceChanges(store, reach.services, windows);
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
    beyond,
    templates,
    instances,
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

/** Texts of the same services on a good day: what they log then, and metrics that stand still. */
function ordinaryTexts({ templates }: Scene): readonly string[] {
  return templates.filter((one) => !isTroubled(one) || !isMore(one)).map(({ template }) => template);
}

/** What went wrong in words, heavier where more of the degradation begins. */
function troubleIn(scene: Scene): Trouble {
  const place = (service: string): number =>
    scene.reach.distance.has(service) ? 0.3 + 0.7 * originOf(scene, service) : ELSEWHERE;
  const beyond = [...scene.beyond.values()];
  const findings = [...scene.scan.findings, ...beyond.flatMap((one) => one.findings)];
  const clusters = [...scene.clusters, ...beyond.flatMap(({ failures }) => failures)];
  const texts = [
    ...findings
      .filter(({ harmful }) => harmful)
      .map(({ service, series, strength, group }) => ({
        text: `${series.metric} ${group} ${series.component ?? ''}`,
        weight: strength * place(service),
      })),
    ...clusters.map(({ service, component, reason }) => ({
      text: `${component} ${reason ?? ''}`,
      weight: place(service),
    })),
    ...scene.templates
      .filter((one) => isTroubled(one) && isMore(one))
      .map(({ service, template }) => ({ text: template, weight: 0.8 * place(service) })),
    ...scene.alerts.map(({ name, summary }) => ({ text: `${name} ${summary ?? ''}`, weight: 0.5 })),
  ];
  return troubleOf(texts, ordinaryTexts(scene), scene.topology.services);
}

/** Services whose metrics are worth listing even when they stood still: where it begins, and where it is seen. */
function looked(scene: Scene): readonly string[] {
  const origin = mostOriginating(scene)?.service;
  return [...new Set([...(origin === undefined ? [] : [origin]), scene.question.service])];
}

const INFERRED =
  'No dependency between services is recorded: who calls whom was inferred from series that measure calls. Needed: dependency events (service calls callee).';

/**
 * Finds what may have caused what is seen on a service: compares every series within reach with its past, finds where
 * the degradation begins, and weighs metrics, failures and changes against each other. Reads no clock: the same
 * question over the same evidence and experience of past incidents has the same answer. Fails with `bad-window`, or as the store does.
 */
export async function analyse(
  store: EvidenceStore,
  topology: Topology,
  question: Question,
  experience?: Experience,
): Promise<Analysis> {
  const inferred = inferredCalls(store, topology);
  const scene = await readScene(store, inferred ?? topology, question);
  const alertWords = alertWordsOf(scene);
  const trouble = troubleIn(scene);
  const parts = await readParts(store, scene, experience);
  const drafts = [
    ...changeCandidates(scene, trouble),
    ...outsideCandidates(scene),
    ...failureCandidates(scene, alertWords),
    ...metricCandidates(scene, alertWords),
    ...rejectedMetrics(scene, looked(scene)),
  ].map((draft) => withVerdicts(withTaught(draft, parts), experience));
  const ranking = rank([...drafts, ...parts.drafts]);
  const { reach, symptom, windows } = scene;
  const { candidates } = ranking;
  const missing = [
    ...(inferred === undefined ? [] : [INFERRED]),
    ...missingEvidence(question, reach, scene.scan, symptom),
    ...missingForFirst(candidates),
  ];
  const why = await askWhy(store, { scene, candidates, missing, wrongWords: new Set(trouble.words.keys()) });
  return {
    question,
    ...windows,
    onsetAt: symptom.onsetAt,
    symptomMetric: symptom.metric,
    firstFailing: firstFailingOf(scene),
    affected: affectedOf(scene, candidates[0]),
    reach: reach.services,
    seriesScanned: scene.scan.scanned,
    degradations: [...scene.loci.values()].sort(
      (a, b) => b.own - a.own || b.explained - a.explained || (a.service < b.service ? -1 : 1),
    ),
    ...ranking,
    why,
    missing,
    learnedFrom: experience?.learnedFrom,
  };
}
