/** One objective: how it stands, how its budget went, what burns, what was agreed when. */
import '../forms/forms.css';
import './slos.css';
import { useMemo, useState } from 'preact/hooks';
import { type Line, LineChart } from '../charts/line-chart.js';
import { useQuery } from '../data/query.js';
import { mayOperate } from '../data/session.js';
import { useSend } from '../forms/use-send.js';
import {
  RetireSloDocument,
  SloAlertsDocument,
  SloDetailDocument,
  type SloDetailQuery,
} from '../generated/graphql.js';
import { SloStateBadge } from '../overview/slo-panel.js';
import type { PageParams } from '../pages.js';
import { Bar, SeverityBadge } from '../parts/marks.js';
import { Section, ServiceLink, Time } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { documentPath, nameIn } from '../paths.js';
import { Answered, Empty, NoData, ProblemBox } from '../states/states.js';
import { figureOf, percentOf } from '../time/format.js';
import { present } from '../time/range.js';
import { Burns } from './burns.js';
import { agreedInWords, Revisions } from './revisions.js';
import { SloForm } from './slo-form.js';
import { draftOf } from './slo-model.js';
import { budgetInWords, minutesInWords, shareInWords, toneOfBudget } from './words.js';

type Slo = NonNullable<SloDetailQuery['slo']>;

function BudgetChart({ slo }: { readonly slo: Slo }) {
  const { budgetHistory: points } = slo;
  const known = points.filter(({ leftPercent }) => leftPercent !== null);
  const lines = useMemo((): readonly Line[] => {
    const times = points.map(({ at }) => Date.parse(at));
    return [
      { name: 'left', times, values: points.map(({ leftPercent }) => leftPercent) },
      { name: 'spent', times, values: points.map(() => 0) },
    ];
  }, [points]);
  const span = useMemo(
    () => ({ from: Date.parse(slo.window.from), to: Date.parse(slo.window.to) }),
    [slo.window.from, slo.window.to],
  );
  if (known.length < 2) {
    return (
      <NoData title="No budget can be drawn yet">
        {slo.missing[0] ?? 'There are no data of its window.'}
      </NoData>
    );
  }
  const lows = known.map(({ leftPercent }) => leftPercent ?? 0);
  const label = `Error budget left, from ${figureOf(lows[0])} % to ${figureOf(lows.at(-1))} %, least ${figureOf(Math.min(...lows))} %`;
  return (
    <figure>
      <LineChart label={label} lines={lines} span={span} unit="%" heightPx={220} />
      <figcaption class="soft small">
        At each time what was left over the {minutesInWords(slo.revision.windowMinutes ?? 0)} before it,
        judged as it is agreed now. The second line is where it is spent.
      </figcaption>
    </figure>
  );
}

function Alerts({ service }: { readonly service: string }) {
  const to = new Date(present.value).toISOString();
  const query = useQuery(SloAlertsDocument, { services: [service], to }, { subject: service });
  return (
    <Section title="Alerts that fire now" aside={`of ${service}`}>
      <Answered query={query} what="the alerts">
        {({ alerts: { nodes } }) =>
          nodes.length === 0 ? (
            <p class="soft">None fires.</p>
          ) : (
            <ul class="alert-lines">
              {nodes.map(({ receipt, name, severity, summary, firedAt }) => (
                <li key={receipt.iri} class="row">
                  <SeverityBadge severity={severity} />
                  <a href={documentPath(receipt.iri)}>{name}</a>
                  <span class="soft">since</span> <Time at={firedAt} />
                  <span>{summary}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  );
}

function Summary({ slo }: { readonly slo: Slo }) {
  const {
    state,
    attainmentPercent,
    objectivePercent,
    coverage,
    budget,
    current,
    headroomPercent,
    unit,
    good,
    total,
    missing,
  } = slo;
  return (
    <>
      <dl class="slo-figures">
        <div>
          <dt>State</dt>
          <dd>
            <SloStateBadge state={state} />
          </dd>
        </div>
        <div>
          <dt>Attained</dt>
          <dd>
            <b>{shareInWords(attainmentPercent)}</b>{' '}
            <span class="soft">of {shareInWords(objectivePercent)}</span>
          </dd>
        </div>
        <div>
          <dt>Error budget</dt>
          <dd>
            <b>{attainmentPercent === null ? 'no data' : budgetInWords(budget.leftPercent)}</b>
            <Bar
              share={(budget.leftPercent ?? 0) / 100}
              tone={toneOfBudget(attainmentPercent === null ? null : budget.leftPercent)}
            />
            <span class="soft small">
              {figureOf(budget.spent)} of {figureOf(budget.allowed)}{' '}
              {unit === 'EVENTS' ? 'events' : 'minutes'} spent
            </span>
          </dd>
        </div>
        <div>
          <dt>With data</dt>
          <dd>
            <b>{percentOf(coverage)}</b>{' '}
            <span class="soft">
              {figureOf(good)} of {figureOf(total)} {unit === 'EVENTS' ? 'events' : 'minutes'} good
            </span>
          </dd>
        </div>
        <div>
          <dt>Now</dt>
          <dd>
            <b>{figureOf(current)}</b>{' '}
            {headroomPercent !== null && (
              <span class="soft">{figureOf(headroomPercent)} % from the target</span>
            )}
          </dd>
        </div>
      </dl>
      {missing.map((sentence) => (
        <p class="partial" key={sentence}>
          {sentence}
        </p>
      ))}
      {slo.proposal !== null && <p class="partial">A way to it: {slo.proposal.sentence}</p>}
    </>
  );
}

function Actions({ slo, reload }: { readonly slo: Slo; readonly reload: () => void }) {
  const [isEdited, edit] = useState(false);
  const [isAsked, askFirst] = useState(false);
  const { send, isSending, problem } = useSend(RetireSloDocument);
  if (!mayOperate()) return null;
  const retire = async (): Promise<void> => {
    if ((await send({ input: { slo: slo.name } })) !== undefined) reload();
  };
  return (
    <Section title="Change it">
      <div class="row">
        <button type="button" aria-expanded={isEdited} onClick={() => edit(!isEdited)}>
          Edit
        </button>
        {isAsked ? (
          <>
            <span>What was judged stays. End it from now on?</span>
            <button type="button" class="primary" disabled={isSending} onClick={() => void retire()}>
              Retire {slo.name}
            </button>
            <button type="button" onClick={() => askFirst(false)}>
              Keep it
            </button>
          </>
        ) : (
          <button type="button" onClick={() => askFirst(true)}>
            Retire …
          </button>
        )}
      </div>
      {problem !== undefined && <ProblemBox problem={problem} />}
      {isEdited && (
        <SloForm key={slo.revision.receipt.iri} from={draftOf(slo.name, slo.revision)} onDone={reload} />
      )}
    </Section>
  );
}

function Detail({ slo, reload }: { readonly slo: Slo; readonly reload: () => void }) {
  const { service } = slo.revision;
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{slo.revision.title ?? slo.name}</h1>
          <p class="soft">
            {agreedInWords(slo.revision)}
            {service !== null && (
              <>
                , of <ServiceLink name={service} />
              </>
            )}
          </p>
        </div>
      </div>
      <Summary slo={slo} />
      <Section title="Error budget over time">
        <BudgetChart slo={slo} />
      </Section>
      <Section title="Burn rates">
        <Burns burns={slo.burns} />
      </Section>
      {service !== null && <Alerts service={service} />}
      <Section
        title="What was agreed"
        aside={slo.revisions.length === 1 ? 'one revision' : `${slo.revisions.length} revisions`}
      >
        <Revisions revisions={slo.revisions} />
      </Section>
      <Actions slo={slo} reload={reload} />
    </>
  );
}

/** The page. */
export function SloPage({ id }: PageParams) {
  const name = nameIn(id);
  useTitle(name);
  const query = useQuery(SloDetailDocument, { name }, { subject: name });
  return (
    <Answered query={query} what="the objective" lines={8}>
      {({ slo }) =>
        slo === null ? (
          <Empty title={`No objective ${name} is in force`}>
            It may have been retired, or be named otherwise.
          </Empty>
        ) : (
          <Detail slo={slo} reload={query.reload} />
        )
      }
    </Answered>
  );
}
