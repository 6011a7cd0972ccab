import type { Judgement } from '../metrics.js';
import type { Line } from './line.js';

/**
 * What a trend means: `improving` and `degrading` where the metric has a good side, `rising` and `falling` where it has
 * none; `steady` where no trend is shown.
 */
export type TrendVerdict = 'improving' | 'degrading' | 'rising' | 'falling' | 'steady' | 'not-enough-data';

/** A trend is shown when its p, after the correction for many, is at most this. */
export const SIGNIFICANCE = 0.05;

/** A span of time in the unit of a line. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const outside = (value: number, low: number, high: number): number => Math.max(low - value, value - high, 0);

/** What a line means over a span for a metric that is judged so, at a p that may have been corrected for many. */
export function movementOf(judged: Judgement, line: Line, p: number, { from, to }: Span): TrendVerdict {
  const slope = line.slope.value;
  if (!(p <= SIGNIFICANCE) || slope === 0) return 'steady';
  switch (judged.better) {
    case 'lower':
      return slope < 0 ? 'improving' : 'degrading';
    case 'higher':
      return slope > 0 ? 'improving' : 'degrading';
    case 'band': {
      const [before, after] = [from, to].map((time) => outside(line.at(time), judged.low, judged.high));
      if (before === after || before === undefined || after === undefined) return 'steady';
      return after < before ? 'improving' : 'degrading';
    }
    case 'trend':
      return slope > 0 ? 'rising' : 'falling';
  }
}
