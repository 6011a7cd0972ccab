import { setImmediate } from 'node:timers/promises';
import type { MetricTable, Standing } from '../../analysis/index.js';
import { type Instant, MINUTE_MS } from '../../model/index.js';
import {
  COMPUTED,
  type Format,
  familyHead,
  type Gauges,
  gaugeLines,
  labelsText,
  writeFamilies,
} from './exposition.js';
import { sloFamilies } from './slo-families.js';
import { standingFamilies } from './standing-families.js';
import { trendFamilies } from './trend-families.js';

/** What was found longer ago is not served as if it were so now; a metric silent for as long counts as stalled. */
const OUTDATED_MS = 5 * MINUTE_MS;

function recommendationFamily({ recommendations }: Standing): Gauges {
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

/** A family with its lines, which are the same in either format. */
interface Written {
  readonly family: Gauges;
  readonly lines: string;
}

/** The text of a standing, as far as it is written. */
interface Writing {
  readonly standing: Standing;
  readonly written: Written[];
  readonly left: Iterator<Written>;
}

/** Writes one family after the other, when it is asked for the next. */
function* familiesOf(
  standing: Standing,
  table: MetricTable,
  hasSeries: (service: string) => boolean,
): Generator<Written, undefined> {
  const common = labelsText(COMPUTED);
  for (const group of [
    () => standingFamilies(standing, table, hasSeries),
    () => sloFamilies(standing.slos),
    () => trendFamilies(standing.trends, hasSeries),
    () => [recommendationFamily(standing)],
  ]) {
    for (const family of group()) {
      if (family.points.length > 0) yield { family, lines: gaugeLines(family, common) };
    }
  }
}

/** The figures of the latest evaluation as text, which is written once for each evaluation, for both formats. */
export class StandingText {
  readonly #table: MetricTable;
  readonly #hasSeries: (service: string) => boolean;
  #writing: Writing | undefined;

  constructor(table: MetricTable, hasSeries: (service: string) => boolean) {
    this.#table = table;
    this.#hasSeries = hasSeries;
  }

  /** Writes what was found before anybody asks for it, a family at a time, with turns for others between. */
  async prepare(standing: Standing): Promise<void> {
    const writing = this.#writingOf(standing);
    do await setImmediate();
    while (this.#writing === writing && this.#writeNext(writing));
  }

  /** What was found, as of `now`; only when that was, once it is more than five minutes ago. */
  write(standing: Standing, now: Instant, format: Format): string {
    const age: Gauges = {
      type: 'gauge',
      name: 'genchi_standing_timestamp_seconds',
      help: 'When the last evaluation of health, objectives and trends was of; they are served for five minutes.',
      points: [{ labels: {}, value: standing.at / 1_000 }],
    };
    let text = writeFamilies([age], format, COMPUTED);
    if (now - standing.at > OUTDATED_MS) return text;
    const writing = this.#writingOf(standing);
    while (this.#writeNext(writing));
    for (const { family, lines } of writing.written) text += familyHead(family, format) + lines;
    return text;
  }

  #writingOf(standing: Standing): Writing {
    if (this.#writing?.standing !== standing) {
      const left = familiesOf(standing, this.#table, this.#hasSeries);
      this.#writing = { standing, written: [], left };
    }
    return this.#writing;
  }

  /** Writes one family; false when none was left. */
  #writeNext({ written, left }: Writing): boolean {
    const next = left.next();
    if (next.done !== true) written.push(next.value);
    return next.done !== true;
  }
}
