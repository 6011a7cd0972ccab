/** The service level objectives: which are kept, what is left of their budgets, and what burns. */
import '../forms/forms.css';
import './slos.css';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { mayOperate } from '../data/session.js';
import { SloListDocument, type SloListQuery } from '../generated/graphql.js';
import { SloStateBadge } from '../overview/slo-panel.js';
import { useParameter } from '../parts/address.js';
import { Bar } from '../parts/marks.js';
import { SortHead, sorted, useSorting } from '../parts/sorting.js';
import { ServiceLink } from '../parts/text.js';
import { useTitle } from '../parts/title.js';
import { sloPath } from '../paths.js';
import { Answered, Empty } from '../states/states.js';
import { percentOf } from '../time/format.js';
import { ImportPanel } from './import-panel.js';
import { RulesPanel } from './rules-panel.js';
import { SloForm } from './slo-form.js';
import { EMPTY_SLO } from './slo-model.js';
import { budgetInWords, burnInWords, minutesInWords, shareInWords, toneOfBudget } from './words.js';

type Slo = SloListQuery['slos']['nodes'][number];

const ORDER = { MISSED: 0, UNKNOWN: 1, MET: 2 } as const;

const keys: Readonly<Record<string, (slo: Slo) => string | number | null>> = {
  name: ({ name }) => name,
  state: ({ state }) => ORDER[state],
  service: ({ revision }) => revision.service,
  attained: ({ attainmentPercent }) => attainmentPercent,
  budget: ({ budget }) => budget.leftPercent,
};

function SloRow({ slo }: { readonly slo: Slo }) {
  const { name, state, attainmentPercent, objectivePercent, coverage, budget, burns, revision } = slo;
  return (
    <tr>
      <th scope="row">
        <Link href={sloPath(name)}>{revision.title ?? name}</Link>
        {revision.title !== null && <div class="soft small">{name}</div>}
      </th>
      <td>
        <SloStateBadge state={state} />
      </td>
      <td>{revision.service !== null && <ServiceLink name={revision.service} />}</td>
      <td class="figure">
        {shareInWords(attainmentPercent)}
        <div class="soft small">
          of {shareInWords(objectivePercent)}
          {coverage < 0.995 && `, ${percentOf(coverage)} with data`}
        </div>
      </td>
      <td class="budget-cell">
        {attainmentPercent === null ? (
          <span class="soft">no data</span>
        ) : (
          <>
            {budgetInWords(budget.leftPercent)}
            <Bar share={(budget.leftPercent ?? 0) / 100} tone={toneOfBudget(budget.leftPercent)} />
          </>
        )}
      </td>
      <td>{burnInWords(burns)}</td>
      <td class="soft">{revision.windowMinutes !== null && minutesInWords(revision.windowMinutes)}</td>
    </tr>
  );
}

function SloTable({ slos }: { readonly slos: readonly Slo[] }) {
  const [sorting, sort] = useSorting({ by: 'state', isDown: false });
  const keyOf = keys[sorting.by] ?? keys.state;
  const rows = keyOf === undefined ? slos : sorted(slos, keyOf, sorting.isDown);
  const head = { sorting, sort };
  return (
    <div class="scroll">
      <table class="data">
        <thead>
          <tr>
            <SortHead name="name" label="Objective" {...head} />
            <SortHead name="state" label="State" {...head} />
            <SortHead name="service" label="Service" {...head} />
            <SortHead name="attained" label="Attained" isFigure {...head} />
            <SortHead name="budget" label="Error budget" {...head} />
            <th scope="col">Burns</th>
            <th scope="col">Over</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((slo) => (
            <SloRow key={slo.name} slo={slo} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const isState = (text: string): text is 'MET' | 'MISSED' | 'UNKNOWN' =>
  ['MET', 'MISSED', 'UNKNOWN'].includes(text);

function Filters() {
  const [state, setState] = useParameter('state');
  const [service, setService] = useParameter('service');
  return (
    <div class="filters">
      <label>
        <span>State</span>
        <select value={state} onChange={({ currentTarget }) => setState(currentTarget.value)}>
          <option value="">All</option>
          <option value="MISSED">Missed</option>
          <option value="UNKNOWN">Not known</option>
          <option value="MET">Met</option>
        </select>
      </label>
      <label>
        <span>Service</span>
        <input
          value={service}
          placeholder="All"
          onChange={({ currentTarget }) => setService(currentTarget.value.trim())}
        />
      </label>
    </div>
  );
}

type Panel = 'register' | 'import' | 'rules';

function Panels({ onChange }: { readonly onChange: () => void }) {
  const [open, setOpen] = useState<Panel>();
  const toggle = (panel: Panel) => ({
    'aria-expanded': open === panel,
    onClick: () => setOpen(open === panel ? undefined : panel),
  });
  const may = mayOperate();
  return (
    <>
      <div class="row panel-buttons">
        <button type="button" class="primary" disabled={!may} {...toggle('register')}>
          Register an objective
        </button>
        <button type="button" disabled={!may} {...toggle('import')}>
          Import OpenSLO
        </button>
        <button type="button" {...toggle('rules')}>
          Rules for Prometheus
        </button>
      </div>
      {open === 'register' && <SloForm from={EMPTY_SLO} onDone={onChange} />}
      {open === 'import' && <ImportPanel onDone={onChange} />}
      {open === 'rules' && <RulesPanel />}
    </>
  );
}

/** The page. */
export function SlosPage() {
  useTitle('SLOs');
  const [state] = useParameter('state');
  const [service] = useParameter('service');
  const [after, setAfter] = useParameter('after');
  const query = useQuery(
    SloListDocument,
    {
      after: after === '' ? null : after,
      service: service === '' ? null : service,
      state: isState(state) ? state : null,
    },
    { subject: `slos ${state} ${service}` },
  );
  return (
    <>
      <div class="page-head">
        <h1>Service level objectives</h1>
      </div>
      <Panels onChange={query.reload} />
      <Filters />
      <Answered query={query} what="the objectives" lines={6}>
        {({ slos: { nodes, pageInfo } }) => (
          <>
            {nodes.length === 0 ? (
              <Empty
                title={
                  state === '' && service === '' ? 'No objective has been registered' : 'None is like that'
                }
              >
                {state === '' && service === ''
                  ? 'Say what must be good, and how often: register one here, or import those that you have.'
                  : 'Others may be: take a filter away.'}
              </Empty>
            ) : (
              <SloTable slos={nodes} />
            )}
            {pageInfo.hasNextPage && (
              <button type="button" onClick={() => setAfter(pageInfo.endCursor ?? '')}>
                Next 100
              </button>
            )}
          </>
        )}
      </Answered>
    </>
  );
}
