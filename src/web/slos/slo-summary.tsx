/** How an objective stands, in figures. */
import type { ComponentChildren } from 'preact';
import type { SloDetailQuery } from '../generated/graphql.js';
import { SloStateBadge } from '../overview/slo-panel.js';
import { Bar } from '../parts/marks.js';
import { figureOf, percentOf } from '../time/format.js';
import { budgetInWords, shareInWords, toneOfBudget } from './words.js';

type Slo = NonNullable<SloDetailQuery['slo']>;

function Figure({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Budget({ slo: { attainmentPercent, budget, unit } }: { readonly slo: Slo }) {
  const left = attainmentPercent === null ? null : budget.leftPercent;
  return (
    <Figure name="Error budget">
      <b>{attainmentPercent === null ? 'no data' : budgetInWords(budget.leftPercent)}</b>
      <Bar share={(left ?? 0) / 100} tone={toneOfBudget(left)} />
      <span class="soft small">
        {figureOf(budget.spent)} of {figureOf(budget.allowed)} {unit === 'EVENTS' ? 'events' : 'minutes'}{' '}
        spent
      </span>
    </Figure>
  );
}

function Figures({ slo }: { readonly slo: Slo }) {
  const { state, attainmentPercent, objectivePercent, coverage, current, headroomPercent } = slo;
  return (
    <dl class="slo-figures">
      <Figure name="State">
        <SloStateBadge state={state} />
      </Figure>
      <Figure name="Attained">
        <b>{shareInWords(attainmentPercent)}</b> <span class="soft">of {shareInWords(objectivePercent)}</span>
      </Figure>
      <Budget slo={slo} />
      <Figure name="With data">
        <b>{percentOf(coverage)}</b>{' '}
        <span class="soft">
          {figureOf(slo.good)} of {figureOf(slo.total)} {slo.unit === 'EVENTS' ? 'events' : 'minutes'} good
        </span>
      </Figure>
      <Figure name="Now">
        <b>{figureOf(current)}</b>{' '}
        {headroomPercent !== null && <span class="soft">{figureOf(headroomPercent)} % from the target</span>}
      </Figure>
    </dl>
  );
}

/** The figures, with what is missing and a way to the target where there are such. */
export function SloSummary({ slo }: { readonly slo: Slo }) {
  return (
    <>
      <Figures slo={slo} />
      {slo.missing.map((sentence) => (
        <p class="partial" key={sentence}>
          {sentence}
        </p>
      ))}
      {slo.proposal !== null && <p class="partial">A way to it: {slo.proposal.sentence}</p>}
    </>
  );
}
