/** One experiment: what it shows, how sure that is, what more is needed, and how to end it. */
import '../forms/forms.css';
import { useState } from 'preact/hooks';
import { useQuery } from '../data/query.js';
import { mayOperate } from '../data/session.js';
import { LongField } from '../forms/fields.js';
import { useSend } from '../forms/use-send.js';
import {
  ExperimentDetailDocument,
  type ExperimentDetailQuery,
  type LevelsFragment,
  StopExperimentDocument,
} from '../generated/graphql.js';
import type { PageParams } from '../pages.js';
import { Cites } from '../parts/cites.js';
import { Badge } from '../parts/marks.js';
import { Section, ServiceLink, Time } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { nameIn } from '../paths.js';
import { Answered, Empty, NoData, ProblemBox } from '../states/states.js';
import { durationOf, figureOf } from '../time/format.js';
import { IntervalChart } from './interval-chart.js';
import { changeOf, intervalOf, verdictWords } from './words.js';

type Experiment = NonNullable<ExperimentDetailQuery['experiment']>;
type Status = NonNullable<Experiment['status']>;

const MINUTE_MS = 60_000;

function Verdict({ status }: { readonly status: Status }) {
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

function LevelsTable({ status }: { readonly status: Status }) {
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

function Stop({ name, reload }: { readonly name: string; readonly reload: () => void }) {
  const [surprise, setSurprise] = useState('');
  const { send, isSending, problem } = useSend(StopExperimentDocument);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const input = { id: name, surprise: surprise.trim() === '' ? null : surprise.trim() };
    if ((await send({ input })) !== undefined) reload();
  };
  return (
    <Section title="End it">
      <form class="form" onSubmit={(event) => void submit(event)}>
        <LongField
          name="surprise"
          label="What was surprising"
          value={surprise}
          set={setSurprise}
          hint="What the figures show is added."
          rows={2}
        />
        {problem !== undefined && <ProblemBox problem={problem} />}
        <div>
          <button type="submit" disabled={isSending}>
            End it, and record the verdict of now
          </button>
        </div>
      </form>
    </Section>
  );
}

function Detail({ experiment, reload }: { readonly experiment: Experiment; readonly reload: () => void }) {
  const {
    name,
    action,
    hypothesis,
    service,
    metric,
    startedAt,
    endedAt,
    status,
    state,
    surprise,
    expectedChangePercent,
  } = experiment;
  const toMs = endedAt === null ? Date.parse(status?.judgedAt ?? startedAt) : Date.parse(endedAt);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{action ?? name}</h1>
          <p class="soft">{hypothesis}</p>
        </div>
      </div>
      <Section title="What it shows" aside={state === 'RUNNING' ? 'as of now' : 'as recorded at its end'}>
        {status === null ? <NoData title="It could not be measured" /> : <Verdict status={status} />}
      </Section>
      <Section title="The interval over time">
        <IntervalChart
          id={name}
          fromMs={Date.parse(startedAt)}
          toMs={toMs}
          expected={expectedChangePercent}
        />
      </Section>
      {status !== null && (
        <Section title="Before and since">
          <LevelsTable status={status} />
        </Section>
      )}
      <Section title="How it is tried">
        <dl class="facts">
          <dt>Service</dt>
          <dd>{service !== null && <ServiceLink name={service} />}</dd>
          <dt>Metric</dt>
          <dd>
            <code>{metric}</code>
          </dd>
          <dt>Canary</dt>
          <dd>{experiment.treated === null ? 'all of the service' : <code>{experiment.treated}</code>}</dd>
          <dt>Control</dt>
          <dd>{experiment.control === null ? 'the time before' : <code>{experiment.control}</code>}</dd>
          <dt>Began</dt>
          <dd>
            <Time at={startedAt} />
          </dd>
          <dt>Ended</dt>
          <dd>{endedAt === null ? 'it runs' : <Time at={endedAt} />}</dd>
          {surprise !== null && (
            <>
              <dt>Surprising</dt>
              <dd>{surprise}</dd>
            </>
          )}
        </dl>
        <Cites iris={experiment.receipts.map(({ iri }) => iri)} />
      </Section>
      {state === 'RUNNING' && mayOperate() && <Stop name={name} reload={reload} />}
    </>
  );
}

/** The page. */
export function ExperimentPage({ id }: PageParams) {
  const name = nameIn(id);
  useTitle(name);
  const query = useQuery(ExperimentDetailDocument, { id: name }, { subject: name });
  return (
    <Answered query={query} what="the experiment" lines={8}>
      {({ experiment }) =>
        experiment === null ? (
          <Empty title={`There is no experiment ${name}`}>It may be named otherwise.</Empty>
        ) : (
          <Detail experiment={experiment} reload={query.reload} />
        )
      }
    </Answered>
  );
}
