import type { Judgement } from '../metrics.js';

/**
 * What a trend means: `improving` and `degrading` where the metric has a good side, `rising` and `falling` where it has
 * none; `steady` where no trend is shown.
 */
export type TrendVerdict = 'improving' | 'degrading' | 'rising' | 'falling' | 'steady' | 'not-enough-data';

/** A trend is shown when its p, after the correction for many, is at most this. */
export const SIGNIFICANCE = 0.05;

const outside = (value: number, low: number, high: number): number => Math.max(low - value, value - high, 0);

/** What a move from one level to another means for a metric that is judged so, at a p that may have been corrected for many. */
export function movementOf(judged: Judgement, before: number, after: number, p: number): TrendVerdict {
  if (!(p <= SIGNIFICANCE) || before === after) return 'steady';
  switch (judged.better) {
    case 'lower':
      return after < before ? 'improving' : 'degrading';
    case 'higher':
      return after > before ? 'improving' : 'degrading';
    case 'band': {
      const [was, is] = [outside(before, judged.low, judged.high), outside(after, judged.low, judged.high)];
      if (was === is) return 'steady';
      return is < was ? 'improving' : 'degrading';
    }
    case 'trend':
      return after > before ? 'rising' : 'falling';
  }
}
