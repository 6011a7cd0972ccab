/** The health of the system: one score, the four pillars it comes from, and what cost most. */
import type { Query } from '../data/query.js';
import type { OverviewStandingQuery, Pillar } from '../generated/graphql.js';
import { Bar, bandWord, HealthMark, Mark, toneOf } from '../parts/marks.js';
import { Section, Time } from '../parts/text.js';
import { Answered, NoData } from '../states/states.js';
import { durationOf, figureOf } from '../time/format.js';
import type { Standing } from './standing.js';

/** What each pillar stands for. */
export const pillarWords: Readonly<Record<Pillar, string>> = {
  jidoka: 'built-in quality',
  kanban: 'flow',
  andon: 'signals',
  heijunka: 'levelled load',
};

type PillarHealth = NonNullable<Standing['system']>['pillars'][number];

function costOf({ costMost, inputs }: PillarHealth) {
  const input = inputs.find(({ metric }) => metric === costMost);
  if (costMost === null) return null;
  return (
    <>
      <code>{costMost}</code>
      {input?.cost != null && <span class="soft"> −{figureOf(input.cost)} points</span>}
    </>
  );
}

function PillarRow({ pillar }: { readonly pillar: PillarHealth }) {
  const { score, band, missing } = pillar;
  return (
    <tr>
      <th scope="row">
        {pillar.pillar} <span class="soft small">{pillarWords[pillar.pillar]}</span>
      </th>
      <td class="pillar-score">
        <HealthMark score={score} band={band} isShort />
        <Bar share={(score ?? 0) / 100} tone={toneOf(band)} />
      </td>
      <td class="small">
        {costOf(pillar) ?? (score === null ? null : <span class="soft">full score</span>)}
        {missing.length > 0 && (
          <span class="soft" title={missing.join(', ')}>
            {' '}
            {missing.length} of its metrics without data
          </span>
        )}
      </td>
    </tr>
  );
}

/** The pillars of a health as a table. */
export function PillarTable({ pillars }: { readonly pillars: readonly PillarHealth[] }) {
  return (
    <table class="data pillars">
      <thead class="hidden-text">
        <tr>
          <th scope="col">Pillar</th>
          <th scope="col">Score of 100</th>
          <th scope="col">What cost most</th>
        </tr>
      </thead>
      <tbody>
        {pillars.map((pillar) => (
          <PillarRow key={pillar.pillar} pillar={pillar} />
        ))}
      </tbody>
    </table>
  );
}

function SystemHealth({ standing: { system, at } }: { readonly standing: Standing }) {
  if (system === null) {
    return (
      <NoData title="Nothing was measured yet">
        Health needs failures, queues, alerts, workers, or the metrics of a Prometheus. Without them nothing
        is known, and that is not good news.
      </NoData>
    );
  }
  return (
    <>
      <p class="system-score">
        <Mark tone={toneOf(system.band)} />
        <strong>{system.score === null ? '–' : Math.round(system.score)}</strong>
        <span>
          {bandWord(system.band)}
          <span class="soft small">
            {' '}
            at <Time at={at} hasSeconds />, over{' '}
            {durationOf(Date.parse(system.window.to) - Date.parse(system.window.from))}
          </span>
        </span>
      </p>
      <PillarTable pillars={system.pillars} />
    </>
  );
}

/** The panel of the overview. */
export function HealthPanel({ query }: { readonly query: Query<OverviewStandingQuery> }) {
  return (
    <Section title="System health">
      <Answered query={query} what="the health of the system" lines={6}>
        {({ standing }) => standing !== null && <SystemHealth standing={standing} />}
      </Answered>
    </Section>
  );
}
