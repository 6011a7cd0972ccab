/** The objectives: what is left of their error budgets, and how fast it burns. */
import { useEffect } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { onChanges } from '../data/live.js';
import { useQuery } from '../data/query.js';
import { OverviewSlosDocument, type SloLineFragment, type SloState } from '../generated/graphql.js';
import { Badge, Bar, type Tone } from '../parts/marks.js';
import { Section, ServiceLink } from '../parts/text.js';
import { sloPath } from '../paths.js';
import { Answered, Empty } from '../states/states.js';
import { durationOf, figureOf } from '../time/format.js';

const states: Readonly<Record<SloState, { readonly tone: Tone; readonly word: string }>> = {
  MET: { tone: 'good', word: 'met' },
  MISSED: { tone: 'bad', word: 'missed' },
  UNKNOWN: { tone: 'unknown', word: 'unknown' },
};

/** Whether an objective is met, in a word and a shape. */
export function SloStateBadge({ state }: { readonly state: SloState }) {
  return <Badge {...states[state]} />;
}

/** The burn rule that fires, the most urgent first; undefined when none does. */
export const firingOf = ({ burns }: SloLineFragment): SloLineFragment['burns'][number] | undefined =>
  burns.find(({ firing }) => firing === true);

function Burn({ slo }: { readonly slo: SloLineFragment }) {
  const firing = firingOf(slo);
  if (firing !== undefined) {
    const { long, pages } = firing;
    return (
      <span class={`tone-${pages ? 'bad' : 'strained'}`}>
        <strong>{figureOf(long.rate)}×</strong> over {durationOf(60_000 * long.minutes)}
      </span>
    );
  }
  const [shortest] = slo.burns;
  if (shortest?.long.rate == null) return <span class="soft">no data</span>;
  return (
    <span class="soft">
      {figureOf(shortest.long.rate)}× over {durationOf(60_000 * shortest.long.minutes)}
    </span>
  );
}

function BudgetLeft({ left }: { readonly left: number | null }) {
  if (left === null) return <span class="soft">unknown</span>;
  const tone = left <= 0 ? 'bad' : left < 25 ? 'strained' : 'good';
  return (
    <span class="budget">
      <b>{left <= 0 && left > -100 ? figureOf(left) : Math.round(left)} %</b>
      <Bar share={left / 100} tone={tone} />
    </span>
  );
}

function SloRow({ slo }: { readonly slo: SloLineFragment }) {
  const { name, state, revision, attainmentPercent, objectivePercent, coverage, budget } = slo;
  return (
    <tr>
      <th scope="row">
        <Link href={sloPath(name)}>{revision.title ?? name}</Link>
        {revision.service !== null && (
          <div class="small">
            <ServiceLink name={revision.service} />
          </div>
        )}
      </th>
      <td>
        <SloStateBadge state={state} />
      </td>
      <td class="figure">
        {attainmentPercent === null ? '–' : attainmentPercent.toFixed(2)}
        <span class="soft"> of {figureOf(objectivePercent)} %</span>
        {coverage < 0.995 && (
          <div class="small soft">data for {Math.round(100 * coverage)} % of the time</div>
        )}
      </td>
      <td>
        <BudgetLeft left={budget.leftPercent} />
      </td>
      <td>
        <Burn slo={slo} />
      </td>
    </tr>
  );
}

const urgency = (slo: SloLineFragment): number =>
  (firingOf(slo)?.pages === true ? 4 : 0) +
  (firingOf(slo) === undefined ? 0 : 2) +
  (slo.state === 'MET' ? 0 : 1);

/** Objectives as a table, those in trouble first. */
export function SloTable({ slos }: { readonly slos: readonly SloLineFragment[] }) {
  return (
    <div class="scroll">
      <table class="data">
        <thead>
          <tr>
            <th scope="col">Objective</th>
            <th scope="col">State</th>
            <th scope="col" class="figure">
              Attained
            </th>
            <th scope="col">Budget left</th>
            <th scope="col">Burn rate</th>
          </tr>
        </thead>
        <tbody>
          {slos
            .toSorted((a, b) => urgency(b) - urgency(a))
            .map((slo) => (
              <SloRow key={slo.name} slo={slo} />
            ))}
        </tbody>
      </table>
    </div>
  );
}

/** The panel of the overview. */
export function SloPanel({ at }: { readonly at: string | null }) {
  const query = useQuery(OverviewSlosDocument, { at });
  const { reload } = query;
  useEffect(
    () => onChanges((changes) => changes.some((one) => one.__typename === 'SloChange') && reload()),
    [reload],
  );
  return (
    <Section title="Service level objectives">
      <Answered query={query} what="objectives">
        {({ slos: { nodes } }) =>
          nodes.length === 0 ? (
            <Empty title="No objective is agreed">
              An objective says how good is good enough, and how much may go wrong before it matters.
            </Empty>
          ) : (
            <SloTable slos={nodes} />
          )
        }
      </Answered>
    </Section>
  );
}
