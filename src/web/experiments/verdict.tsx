/** What an experiment shows, and the levels that it was judged from. */
import type { ExperimentDetailQuery, LevelsFragment } from '../generated/graphql.js';
import { Badge } from '../parts/marks.js';
import { Time } from '../parts/text.js';
import { durationOf, figureOf } from '../time/format.js';
import { changeOf, intervalOf, verdictWords } from './words.js';

/** How an experiment stands. */
export type Status = NonNullable<NonNullable<ExperimentDetailQuery['experiment']>['status']>;

const MINUTE_MS = 60_000;

/** The verdict, how sure it is, and what more is needed. */
export function Verdict({ status }: { readonly status: Status }) {
  const { tone, word, advice } = verdictWords[status.verdict];
  const { minutesToGo, missing } = status;
  return (
    <>
      <p class="verdict-line">
        <Badge tone={tone} word={word} /> <strong>{advice}</strong>
      </p>
      <dl class="facts">
        <dt>Change</dt>
        <dd>
          <b>{changeOf(status.changePercent?.value)}</b>{' '}
          <span class="soft">({intervalOf(status.changePercent)})</span>
        </dd>
        <dt>Chance of it by luck</dt>
        <dd>{figureOf(status.p)}</dd>
        <dt>Medians</dt>
        <dd>
          {figureOf(status.treatedMedian)} <span class="soft">against</span> {figureOf(status.controlMedian)}
        </dd>
        <dt>Compared</dt>
        <dd>
          {status.minutes} minutes, up to <Time at={status.judgedAt} />
        </dd>
        {(missing !== null || minutesToGo !== null) && (
          <>
            <dt>What more is needed</dt>
            <dd>
              {missing ?? ''}{' '}
              {minutesToGo !== null &&
                `About ${durationOf(minutesToGo * MINUTE_MS)} more, if it goes on like this.`}
            </dd>
          </>
        )}
      </dl>
      {status.surprises.map((sentence) => (
        <p class="partial" key={sentence}>
          {sentence}
        </p>
      ))}
    </>
  );
}

function LevelsRow({ name, levels }: { readonly name: string; readonly levels: LevelsFragment | null }) {
  if (levels === null) {
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={5} class="soft">
          no data
        </td>
      </tr>
    );
  }
  return (
    <tr>
      <th scope="row">{name}</th>
      {[levels.mean, levels.p95, levels.p99, levels.throughputPerMin, levels.samples].map((value, place) => (
        // The columns have fixed places.
        <td key={place} class="figure">
          {figureOf(value)}
        </td>
      ))}
    </tr>
  );
}

/** The levels of the metric before and since. */
export function LevelsTable({ status }: { readonly status: Status }) {
  return (
    <div class="scroll">
      <table class="data">
        <thead>
          <tr>
            <th scope="col">When</th>
            {['Mean', '95th percentile', '99th percentile', 'Tasks a minute', 'Samples'].map((name) => (
              <th key={name} scope="col" class="figure">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <LevelsRow name="Before, both" levels={status.baseline} />
          <LevelsRow name="Since, the canary" levels={status.during} />
        </tbody>
      </table>
    </div>
  );
}
