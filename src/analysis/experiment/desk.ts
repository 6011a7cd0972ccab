/** Starts and stops experiments: measures what there is to measure, and records it. */
import type { EvidenceStore, Recorder } from '../../evidence/index.js';
import {
  type EventReceipt,
  formatInstant,
  formatSelector,
  HOUR_MS,
  type Instant,
  identityOf,
  MINUTE_MS,
  type Selector,
  shift,
} from '../../model/index.js';
import { AnalysisError } from '../errors.js';
import type { MetricTable } from '../metrics.js';
import { parseRequest } from '../request.js';
import { designOf, type Experiment } from './design.js';
import { readExperiment } from './experiments.js';
import { checkBaseline, type Levels, MOST_BASELINE_MS } from './read.js';
import { type Hypothesis, hypothesisSchema, type Stopping, stoppingSchema } from './requests.js';
import { seriesOfArms } from './series.js';
import { readBaseline, readStatus } from './status.js';

/** What the desk works with. */
export interface ExperimentDeskParts {
  readonly store: EvidenceStore;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly metrics: MetricTable;
}

/** The door of Genchi's own receipts. */
const DOOR = 'genchi';

const signed = (percent: number): string => `${percent > 0 ? '+' : ''}${percent} %`;

/** The hypothesis in the words of the guide's first step. */
function sentenceOf({ action, metric, expectedChangePercent, reason }: Hypothesis): string {
  return `If we ${action}, ${metric} will change by ${signed(expectedChangePercent)}, because ${reason}`;
}

const selectorField = (name: 'treatedSelector' | 'controlSelector', selector: Selector | undefined) =>
  selector === undefined || selector.length === 0 ? {} : { [name]: formatSelector(selector) };

function startedReceipt(asked: Hypothesis, now: Instant): EventReceipt<'experiment_started'> {
  const at = asked.startedAt ?? now;
  const baseline = Math.round((asked.baselineMinutes ?? HOUR_MS / MINUTE_MS) * MINUTE_MS);
  const { owner, plannedMinutes } = asked;
  return {
    kind: 'experiment_started',
    id: identityOf('experiment_started', asked.id),
    at,
    receivedAt: now,
    door: DOOR,
    service: asked.service,
    experiment: asked.id,
    metric: asked.metric,
    action: asked.action,
    reason: asked.reason,
    hypothesis: sentenceOf(asked),
    expectedChangePercent: asked.expectedChangePercent,
    baselineFrom: shift(at, -baseline),
    ...selectorField('treatedSelector', asked.treated),
    ...selectorField('controlSelector', asked.control),
    ...(owner === undefined ? {} : { owner }),
    ...(plannedMinutes === undefined ? {} : { plannedMinutes }),
  };
}

function baselineFields({
  mean,
  p95,
  p99,
  throughputPerMin,
}: Levels): Partial<EventReceipt<'experiment_started'>> {
  return {
    baselineMean: mean,
    baselineP95: p95,
    baselineP99: p99,
    ...(throughputPerMin === undefined ? {} : { baselineThroughputPerMin: throughputPerMin }),
  };
}

/** Starts and stops experiments. An id names one experiment: sent twice, it is recorded once, as it was sent first. */
export class ExperimentDesk {
  readonly #parts: ExperimentDeskParts;

  constructor(parts: ExperimentDeskParts) {
    this.#parts = parts;
  }

  /**
   * Starts an experiment with its baseline measured, and answers it. Fails with `bad-request` on what is not understood,
   * `bad-window` on a baseline out of range, and `no-data` where the metric was silent over the baseline.
   */
  async start(request: object, now: Instant): Promise<Experiment> {
    const { store, metrics, recorder } = this.#parts;
    const asked = parseRequest(hypothesisSchema, request);
    const known = await readExperiment(store, asked.id, now);
    if (known !== undefined) return known;
    const { startedAt = now } = asked;
    if (startedAt > now || startedAt < now - MOST_BASELINE_MS) {
      throw new AnalysisError('bad-request', 'startedAt: expected a time within the last 7 days');
    }
    const receipt = startedReceipt(asked, now);
    const design = designOf(receipt, metrics);
    checkBaseline(design.baseline);
    const baseline = await readBaseline(store, design, seriesOfArms(store, design));
    if (baseline === undefined) {
      const { from, to } = design.baseline;
      const span = `from ${formatInstant(from)} to ${formatInstant(to)}`;
      throw new AnalysisError(
        'no-data',
        `${asked.metric} of ${asked.service} has no samples ${span}: no baseline`,
      );
    }
    const started = { ...receipt, ...baselineFields(baseline) };
    await recorder.record({ events: [started] }, DOOR);
    return (await readExperiment(store, asked.id, now)) ?? { id: asked.id, started, ended: undefined };
  }

  /**
   * Ends an experiment with the verdict that it has by then, and answers it; changes nothing when it is over. Fails with
   * `bad-request`, and with `unknown-experiment`.
   */
  async stop(request: object, now: Instant): Promise<Experiment> {
    const { store, recorder } = this.#parts;
    const asked = parseRequest(stoppingSchema, request);
    const known = await readExperiment(store, asked.id, now);
    if (known === undefined) {
      throw new AnalysisError('unknown-experiment', `there is no experiment ${asked.id}`);
    }
    if (known.ended !== undefined) return known;
    const at = asked.endedAt ?? now;
    if (at > now || at < known.started.at) {
      const start = formatInstant(known.started.at);
      throw new AnalysisError('bad-request', `endedAt: expected a time from its start, ${start}, to now`);
    }
    const ended = await this.#endedReceipt(known, asked, at, now);
    await recorder.record({ events: [ended] }, DOOR);
    return (await readExperiment(store, asked.id, now)) ?? { ...known, ended };
  }

  async #endedReceipt(
    { started }: Experiment,
    asked: Stopping,
    at: Instant,
    now: Instant,
  ): Promise<EventReceipt<'experiment_ended'>> {
    const { verdict, outcome, surprises } = await readStatus(this.#parts, { started, ended: undefined }, at);
    const { metric, service, hypothesis, expectedChangePercent } = started;
    const said = [...(asked.surprise === undefined ? [] : [asked.surprise]), ...surprises];
    const change = outcome?.changePercent;
    const isBounded = change !== undefined && Number.isFinite(change.low) && Number.isFinite(change.high);
    return {
      kind: 'experiment_ended',
      // A restart of the same id by another door is another experiment.
      id: identityOf('experiment_ended', asked.id, formatInstant(started.at)),
      at,
      receivedAt: now,
      door: DOOR,
      experiment: asked.id,
      metric,
      outcome: verdict,
      ...(service === undefined ? {} : { service }),
      ...(hypothesis === undefined ? {} : { hypothesis }),
      ...(expectedChangePercent === undefined ? {} : { expectedChangePercent }),
      ...(outcome === undefined ? {} : { before: outcome.controlMedian, after: outcome.treatedMedian }),
      ...(outcome === undefined ? {} : { comparedMinutes: outcome.treatedMinutes }),
      ...(change === undefined ? {} : { metricChangePercent: change.value }),
      ...(isBounded ? { changeLowPercent: change.low, changeHighPercent: change.high } : {}),
      ...(said.length === 0 ? {} : { surprise: said.join('\n') }),
    };
  }
}
