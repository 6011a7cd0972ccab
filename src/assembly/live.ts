/** Starts the live evaluation. */
import {
  LiveLoop,
  type LiveOptions,
  loadSignals,
  type MetricTable,
  Signals,
  type TrendBoard,
} from '../analysis/index.js';
import type { EvidenceStore } from '../evidence/index.js';
import { type Ground, stopwatch } from './ground.js';

/** What metrics tell of the pillars, of those that are in the store at the time. */
export async function readSignals(
  { config, logger }: Ground,
  store: EvidenceStore,
): Promise<LiveOptions['signals']> {
  const { sources, faults } = await loadSignals(config.signals || undefined);
  for (const fault of faults) logger.warn(fault, 'a source of signals is left out');
  return new Signals(store, sources).current;
}

/** Keeps the pillars and the standing up to date from now on. */
export function startLive(
  { config, clock, logger, metrics, shutdown }: Ground,
  parts: Pick<LiveOptions, 'store' | 'recorder' | 'board' | 'signals'> & {
    readonly pillarMetrics: MetricTable;
    readonly trends: TrendBoard;
  },
): LiveLoop {
  const { store, recorder, board, signals, pillarMetrics, trends } = parts;
  const live = new LiveLoop({
    ...{ store, recorder, board, trends, clock, stopwatch, metrics: pillarMetrics },
    graceMs: config.minuteGraceMs,
    everyMs: config.evaluationEveryMs,
    signals,
    onClosed: (closed) => {
      metrics.closed(closed);
      if (closed.minutesLeft > 0) logger.info({ closed }, 'catching up on minutes of the pillars');
    },
    onEvaluated: ({ at, durationMs }) => {
      metrics.evaluated(durationMs / 1_000);
      trends.refresh(at).catch((err) => logger.warn({ err }, 'trends could not be read again'));
    },
    onFailure: (err) => logger.error({ err }, 'an evaluation failed; the next one tries again'),
  });
  recorder.subscribe(live.hear);
  shutdown.add('trends', () => trends.close());
  shutdown.add('evaluation', () => live.close());
  live.start();
  return live;
}
