/** One experiment: what it shows, how sure that is, what more is needed, and how to end it. */
import { useQuery } from '../data/query.js';
import { mayOperate } from '../data/session.js';
import { ExperimentDetailDocument, type ExperimentDetailQuery } from '../generated/graphql.js';
import type { PageParams } from '../pages.js';
import { Cites } from '../parts/cites.js';
import { Section, ServiceLink, Time } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { nameIn } from '../paths.js';
import { Answered, Empty, NoData } from '../states/states.js';
import { durationOf } from '../time/format.js';
import { IntervalChart } from './interval-chart.js';
import { Stop } from './stop.js';
import { LevelsTable, Verdict } from './verdict.js';

type Experiment = NonNullable<ExperimentDetailQuery['experiment']>;

const MINUTE_MS = 60_000;

function Plan({ experiment }: { readonly experiment: Experiment }) {
  const { service, metric, treated, control, plannedMinutes, startedAt, endedAt, owner, surprise } =
    experiment;
  return (
    <Section title="How it is tried">
      <dl class="facts">
        <dt>Service</dt>
        <dd>{service !== null && <ServiceLink name={service} />}</dd>
        <dt>Metric</dt>
        <dd>
          <code>{metric}</code>
        </dd>
        <dt>Canary</dt>
        <dd>{treated === null ? 'all of the service' : <code>{treated}</code>}</dd>
        <dt>Control</dt>
        <dd>{control === null ? 'the time before' : <code>{control}</code>}</dd>
        <dt>Began</dt>
        <dd>
          <Time at={startedAt} />
          {plannedMinutes !== null && `, planned for ${durationOf(plannedMinutes * MINUTE_MS)}`}
        </dd>
        <dt>Ended</dt>
        <dd>{endedAt === null ? 'it runs' : <Time at={endedAt} />}</dd>
        <dt>Owner</dt>
        <dd>{owner ?? '–'}</dd>
        {surprise !== null && (
          <>
            <dt>Surprising</dt>
            <dd>{surprise}</dd>
          </>
        )}
      </dl>
      <Cites iris={experiment.receipts.map(({ iri }) => iri)} />
    </Section>
  );
}

function Findings({ experiment }: { readonly experiment: Experiment }) {
  const { name, startedAt, endedAt, status, state, expectedChangePercent } = experiment;
  return (
    <>
      <Section title="What it shows" aside={state === 'RUNNING' ? 'as of now' : 'as recorded at its end'}>
        {status === null ? <NoData title="It could not be measured" /> : <Verdict status={status} />}
      </Section>
      <Section title="The interval over time">
        <IntervalChart
          id={name}
          fromMs={Date.parse(startedAt)}
          toMs={Date.parse(endedAt ?? status?.judgedAt ?? startedAt)}
          expected={expectedChangePercent}
        />
      </Section>
      {status !== null && (
        <Section title="Before and since">
          <LevelsTable status={status} />
        </Section>
      )}
    </>
  );
}

function Detail({ experiment, reload }: { readonly experiment: Experiment; readonly reload: () => void }) {
  const { name, action, hypothesis, state } = experiment;
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{action ?? name}</h1>
          <p class="soft">{hypothesis}</p>
        </div>
      </div>
      <Findings experiment={experiment} />
      <Plan experiment={experiment} />
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
