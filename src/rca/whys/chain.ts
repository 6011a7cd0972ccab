import type { EvidenceStore } from '../../evidence/index.js';
import type { Candidate } from '../analysis.js';
import { clockTime } from '../explain.js';
import type { Scene } from '../scene.js';
import { endWithoutSymptom } from './end.js';
import { type Fact, factOfCluster, factOfFinding } from './fact.js';
import { stepOf } from './walk.js';
import type { Why } from './why.js';
import { readWorkerLosses } from './workers.js';

/** What an analysis has found when its chain is walked. */
export interface Analysed {
  readonly scene: Scene;
  /** Candidates that stand, the best first. */
  readonly candidates: readonly Candidate[];
  /** What evidence it lacks, a sentence each. */
  readonly missing: readonly string[];
  /** The words of what went wrong, as stems. */
  readonly wrongWords: ReadonlySet<string>;
}

/** What is asked about first: the symptom's metric, else the failures of its service. */
function problemOf(scene: Scene): Fact | undefined {
  const { question, clusters } = scene;
  const { finding } = scene.symptom;
  const ofMetric = finding === undefined ? undefined : factOfFinding(scene, finding);
  if (ofMetric !== undefined) return { ...ofMetric, kind: 'felt' };
  const cluster = clusters.find(({ service }) => service === question.service);
  return cluster === undefined ? undefined : { ...factOfCluster(scene, cluster), kind: 'felt' };
}

/**
 * Asks why of a symptom, and of each answer again, until evidence stops. The same evidence gives the same chain.
 * Fails as the store does.
 */
export async function askWhy(store: EvidenceStore, analysed: Analysed): Promise<Why> {
  const { scene, missing } = analysed;
  const { question, reach, windows } = scene;
  const problem = problemOf(scene);
  if (problem === undefined) {
    return {
      place: '0',
      kind: 'felt',
      service: question.service,
      sentence: `Something was seen on ${question.service} at ${clockTime(question.at)}.`,
      onsetAt: undefined,
      cites: [],
      query: undefined,
      causes: [],
      end: endWithoutSymptom(question, missing),
    };
  }
  const losses = await readWorkerLosses(store, reach.services, windows);
  return stepOf({ ...analysed, losses }, problem);
}
