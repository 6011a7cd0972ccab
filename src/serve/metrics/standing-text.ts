import type { MetricTable, Standing } from '../../analysis/index.js';
import { type Instant, MINUTE_MS } from '../../model/index.js';
import { COMPUTED, type Family, type Format, writeFamilies } from './exposition.js';
import { sloFamilies } from './slo-families.js';
import { standingFamilies } from './standing-families.js';
import { trendFamilies } from './trend-families.js';

/** What was found longer ago is not served as if it were so now; a metric silent for as long counts as stalled. */
const OUTDATED_MS = 5 * MINUTE_MS;

function recommendationFamily({ recommendations }: Standing): Family {
  const counts = [1, 2, 3, 4].map((priority) => ({
    labels: { priority: String(priority) },
    value: recommendations.filter((each) => each.priority === priority).length,
  }));
  return {
    type: 'gauge',
    name: 'genchi_recommendations',
    help: 'What is recommended to do, by priority: 1 now, 2 today, 3 this week, 4 when there is time.',
    points: counts,
  };
}

/** The figures of the latest evaluation as text, which is written once for each evaluation and format. */
export class StandingText {
  readonly #table: MetricTable;
  readonly #hasSeries: (service: string) => boolean;
  #written: { readonly standing: Standing; readonly texts: Map<Format, string> } | undefined;

  constructor(table: MetricTable, hasSeries: (service: string) => boolean) {
    this.#table = table;
    this.#hasSeries = hasSeries;
  }

  /** What was found, as of `now`; only when that was, once it is more than five minutes ago. */
  write(standing: Standing, now: Instant, format: Format): string {
    const age: Family = {
      type: 'gauge',
      name: 'genchi_standing_timestamp_seconds',
      help: 'When the last evaluation of health, objectives and trends was of; they are served for five minutes.',
      points: [{ labels: {}, value: standing.at / 1_000 }],
    };
    const told = writeFamilies([age], format, COMPUTED);
    return now - standing.at > OUTDATED_MS ? told : `${told}${this.#found(standing, format)}`;
  }

  #found(standing: Standing, format: Format): string {
    if (this.#written?.standing !== standing) this.#written = { standing, texts: new Map() };
    const { texts } = this.#written;
    const known = texts.get(format);
    if (known !== undefined) return known;
    const text = writeFamilies(
      [
        ...standingFamilies(standing, this.#table, this.#hasSeries),
        ...sloFamilies(standing.slos),
        ...trendFamilies(standing.trends, this.#hasSeries),
        recommendationFamily(standing),
      ],
      format,
      COMPUTED,
    );
    texts.set(format, text);
    return text;
  }
}
