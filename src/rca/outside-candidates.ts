import type { Instant } from '../model/index.js';
import type { Term } from './analysis.js';
import { shiftArgument } from './explain.js';
import { type Signs, signsOfHosts, signsOfRecord, signsOfTraffic, signsOfWords } from './outside-evidence.js';
import { signsOfInstances, signsOfNodes } from './outside-places.js';
import { outsideSorts } from './outside-signs.js';
import { allClusters, allFindings, toldOf } from './outside-told.js';
import { effectAt, originOf, type Scene } from './scene.js';
import { type Draft, scoreOf, term } from './terms.js';
import { ORDER_SLACK_MS, OUTSIDE_WEIGHTS } from './weights.js';
import { earliest } from './windows.js';

/** What of the failing within reach the signs account for, by strength. */
function shareOf(scene: Scene, { told, findings }: Signs): number {
  const clusters = allClusters(scene);
  const all = clusters.reduce((sum, { strength }) => sum + strength, 0);
  const met = clusters
    .filter((cluster) => told.some((one) => one.cluster === cluster))
    .reduce((sum, { strength }) => sum + strength, 0);
  const metric = Math.max(0, ...findings.map(({ strength }) => strength));
  return all === 0 ? metric : Math.min(1, Math.max(met / all, 0.6 * metric) * 1.6);
}

function seatOf(scene: Scene, { told, findings }: Signs): string {
  const seats = [...told.filter(({ cluster }) => cluster !== undefined), ...told, ...findings].map(
    ({ service }) => service,
  );
  const near = seats.filter((service) => scene.reach.distance.has(service));
  return near.sort((a, b) => originOf(scene, b) - originOf(scene, a))[0] ?? scene.question.service;
}

/** The service whose own metrics tell of it most, such as that which resolves names. */
function ownerOf({ findings }: Signs): string | undefined {
  return findings.toSorted((a, b) => b.strength - a.strength)[0]?.service;
}

/** Metrics that tell of it exactly at the onset. */
function timelyMetric(scene: Scene, { findings }: Signs): number {
  const early = findings.filter(({ onsetAt }) => onsetAt <= effectAt(scene) + 2 * ORDER_SLACK_MS);
  return Math.max(0, ...early.map(({ strength }) => strength));
}

/** When it began: as it is known of itself, by its metrics, or when it was first told of. */
function onsetOf({ onsetAt, told, findings }: Signs): Instant | undefined {
  const measured = earliest(findings.map((one) => one.onsetAt));
  return onsetAt ?? measured ?? earliest(told.map(({ at }) => at));
}

/** The services of which something failed or changed so. */
function servicesOf({ told, findings }: Signs): ReadonlySet<string> {
  const failed = told.filter(({ cluster }) => cluster !== undefined);
  return new Set([...failed, ...findings].map(({ service }) => service));
}

/** How clearly it is named: not at all by metrics alone, unless they say it all, as more requests do. */
function clearnessOf({ name, clearness, told, borneOut }: Signs): number {
  return told.length === 0 && name !== 'traffic' && borneOut !== 1 ? 0 : clearness;
}

function termsOf(scene: Scene, signs: Signs, seat: string): readonly Term[] {
  const many = servicesOf(signs).size;
  const breadth = many > 1 ? 1 - 1 / many : 0;
  return [
    term(
      'origin',
      originOf(scene, seat),
      OUTSIDE_WEIGHTS.origin,
      `How much of the degradation begins at ${seat}.`,
    ),
    term(
      'clearness',
      clearnessOf(signs),
      OUTSIDE_WEIGHTS.clearness,
      'How clearly what is told names a cause that nobody changed.',
    ),
    term(
      'share',
      signs.share ?? shareOf(scene, signs),
      OUTSIDE_WEIGHTS.share,
      'How much of what fails speaks of it.',
    ),
    term(
      'corroboration',
      Math.max(timelyMetric(scene, signs), breadth, signs.borneOut ?? 0),
      OUTSIDE_WEIGHTS.corroboration,
      many > 1
        ? `It is seen on ${many} services at once, which a change of one would hardly do.`
        : 'How strongly metrics of it moved by the onset, or how alike all that it explains is.',
    ),
  ];
}

function draftOf(scene: Scene, signs: Signs): Draft | undefined {
  const { name, title, remedy, told, findings } = signs;
  if (told.length === 0 && findings.length === 0 && (signs.borneOut ?? 0) === 0) return undefined;
  const seat = signs.service ?? seatOf(scene, signs);
  const service = signs.service ?? ownerOf(signs) ?? seat;
  const onset = onsetOf(signs);
  const terms = termsOf(scene, signs, seat);
  const strongest = told.toSorted((a, b) => b.weight - a.weight).slice(0, 4);
  return {
    score: scoreOf(terms),
    causeKind: 'outside',
    title: `${title} (${service})`,
    service,
    component: name,
    remedy,
    ...(onset === undefined ? {} : { onsetAt: onset }),
    terms,
    supporting: [...strongest.map(({ argument }) => argument), ...findings.slice(0, 2).map(shiftArgument)],
    opposing: [],
  };
}

/** Causes that nobody changed, as far as anything tells of them. */
export function outsideCandidates(scene: Scene): readonly Draft[] {
  const told = toldOf(scene);
  const findings = allFindings(scene);
  const readings = [...scene.scan.readings, ...[...scene.beyond.values()].flatMap((one) => one.readings)];
  const signs = [
    ...outsideSorts.map((sort) => signsOfWords(sort, told, findings, readings)),
    ...signsOfHosts(told, findings),
    ...signsOfRecord(allClusters(scene)),
    ...signsOfTraffic(scene),
    ...signsOfNodes(scene),
    ...signsOfInstances(scene),
  ];
  const best = new Map<string, Draft>();
  for (const one of signs) {
    const draft = draftOf(scene, one);
    const known = best.get(one.name);
    if (draft !== undefined && (known === undefined || draft.score > known.score)) best.set(one.name, draft);
  }
  return [...best.values()];
}
