/** The service level objectives: which are kept, what is left of their budgets, and what burns. */
import './slos.css';
import { useQuery } from '../data/query.js';
import { SloListDocument, type SloListQuery } from '../generated/graphql.js';
import type { Column } from '../lists/columns.js';
import { ChoiceFilter, Filters, WordFilter } from '../lists/filters.js';
import { ListTable } from '../lists/list-table.js';
import { Listed } from '../lists/listed.js';
import { NameCell } from '../lists/name-cell.js';
import { HeadWithOpeners, type Opener } from '../lists/opener.js';
import { SloStateBadge } from '../overview/slo-panel.js';
import { useParameter } from '../parts/address.js';
import { Bar } from '../parts/marks.js';
import { ServiceLink } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { sloPath } from '../paths.js';
import { percentOf } from '../time/format.js';
import { ImportPanel } from './import-panel.js';
import { RulesPanel } from './rules-panel.js';
import { SloForm } from './slo-form.js';
import { EMPTY_SLO } from './slo-model.js';
import { budgetInWords, burnInWords, minutesInWords, shareInWords, toneOfBudget } from './words.js';

type Slo = SloListQuery['slos']['nodes'][number];

const ORDER = { MISSED: 0, UNKNOWN: 1, MET: 2 } as const;

function Attained({ slo: { attainmentPercent, objectivePercent, coverage } }: { readonly slo: Slo }) {
  return (
    <>
      {shareInWords(attainmentPercent)}
      <div class="soft small">
        of {shareInWords(objectivePercent)}
        {coverage < 0.995 && `, ${percentOf(coverage)} with data`}
      </div>
    </>
  );
}

function Budget({ slo: { attainmentPercent, budget } }: { readonly slo: Slo }) {
  if (attainmentPercent === null) return <span class="soft">no data</span>;
  return (
    <div class="budget-cell">
      {budgetInWords(budget.leftPercent)}
      <Bar share={(budget.leftPercent ?? 0) / 100} tone={toneOfBudget(budget.leftPercent)} />
    </div>
  );
}

const columns: readonly Column<Slo>[] = [
  {
    ...{ name: 'name', label: 'Objective', isHead: true, key: ({ name }) => name },
    cell: ({ name, revision }) => <NameCell href={sloPath(name)} title={revision.title} name={name} />,
  },
  {
    ...{ name: 'state', label: 'State', key: ({ state }) => ORDER[state] },
    cell: ({ state }) => <SloStateBadge state={state} />,
  },
  {
    ...{ name: 'service', label: 'Service', key: ({ revision }) => revision.service },
    cell: ({ revision }) => revision.service !== null && <ServiceLink name={revision.service} />,
  },
  {
    ...{ name: 'attained', label: 'Attained', isFigure: true, key: (slo) => slo.attainmentPercent },
    cell: (slo) => <Attained slo={slo} />,
  },
  {
    ...{ name: 'budget', label: 'Error budget', key: ({ budget }) => budget.leftPercent },
    cell: (slo) => <Budget slo={slo} />,
  },
  { name: 'burns', label: 'Burns', cell: ({ burns }) => burnInWords(burns) },
  {
    ...{ name: 'over', label: 'Over', key: ({ revision }) => revision.windowMinutes },
    cell: ({ revision: { windowMinutes } }) => windowMinutes !== null && minutesInWords(windowMinutes),
  },
];

const STATES = [
  ['MISSED', 'Missed'],
  ['UNKNOWN', 'Not known'],
  ['MET', 'Met'],
] as const;

function useSlos() {
  const [[state], [service], [after]] = [
    useParameter('state'),
    useParameter('service'),
    useParameter('after'),
  ];
  const wanted = STATES.map(([each]) => each).find((each) => each === state) ?? null;
  return useQuery(
    SloListDocument,
    { state: wanted, service: service || null, after: after || null },
    { subject: 'slos' },
  );
}

const openersOf = (onDone: () => void): readonly Opener[] => [
  {
    ...{ name: 'register', label: 'Register an objective' },
    panel: () => <SloForm from={EMPTY_SLO} onDone={onDone} />,
  },
  { name: 'import', label: 'Import OpenSLO', panel: () => <ImportPanel onDone={onDone} /> },
  { name: 'rules', label: 'Rules for Prometheus', isForAll: true, panel: () => <RulesPanel /> },
];

/** The page. */
export function SlosPage() {
  useTitle('SLOs');
  const query = useSlos();
  return (
    <>
      <HeadWithOpeners title="Service level objectives" openers={openersOf(query.reload)} />
      <Filters>
        <ChoiceFilter name="state" label="State" choices={STATES} />
        <WordFilter name="service" label="Service (in full)" />
      </Filters>
      <Listed
        query={query}
        what="the objectives"
        filters={['state', 'service']}
        slice={({ slos }) => slos}
        none="No objective has been registered"
        advice="Say what must be good, and how often: register one here, or import those that you have."
      >
        {(slos) => (
          <ListTable label="Objectives" items={slos} columns={columns} idOf={({ name }) => name} by="state" />
        )}
      </Listed>
    </>
  );
}
