/** What became of a query: its rows as a table or a chart, a graph, yes or no, an explanation, or what was wrong. */
import { useMemo, useState } from 'preact/hooks';
import { useParameter } from '../parts/address.js';
import { Section } from '../parts/text.js';
import { Empty, ProblemBox } from '../states/states.js';
import { durationOf, figureOf } from '../time/format.js';
import { AnswerChart } from './answer-chart.js';
import { AnswerTable } from './answer-table.js';
import { chartOf } from './chart-choice.js';
import { Explained } from './explained.js';
import { faultIn } from './fault-place.js';
import { csvOf, type Table } from './results.js';
import { downloads, type Outcome } from './run.js';

function CopyButton({ text, name }: { readonly text: () => string; readonly name: string }) {
  const [said, say] = useState(name);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text()).then(
      () => say('Copied'),
      () => say('The browser does not allow it'),
    );
    setTimeout(() => say(name), 2_000);
  };
  return (
    <button type="button" class="quiet" onClick={() => void copy()}>
      {said}
    </button>
  );
}

function Downloads({ of, query }: { readonly of: keyof typeof downloads; readonly query: string }) {
  return (
    <>
      {downloads[of].map(({ name, format }) => (
        <a
          key={format}
          class="button quiet"
          href={`/sparql?format=${format}&query=${encodeURIComponent(query)}`}
          download={`answer.${format}`}
        >
          {name}
        </a>
      ))}
    </>
  );
}

function countOf({ rows, columns }: Table): string {
  const many = rows.length === 1 ? 'one row' : `${rows.length.toLocaleString('en')} rows`;
  return `${many}, ${columns.length === 1 ? 'one column' : `${columns.length} columns`}`;
}

function TableAnswer({
  table,
  query,
  took,
  prefixes,
}: {
  readonly table: Table;
  readonly query: string;
  readonly took: string;
  readonly prefixes: ReadonlyMap<string, string>;
}) {
  const [view, setView] = useParameter('view');
  const chart = useMemo(() => chartOf(table), [table]);
  const isChart = view === 'chart' && chart !== undefined;
  const aside = (
    <span class="row">
      {chart !== undefined && (
        <fieldset class="choice" aria-label="Shown as">
          <button type="button" class="quiet" aria-pressed={!isChart} onClick={() => setView('')}>
            Table
          </button>
          <button type="button" class="quiet" aria-pressed={isChart} onClick={() => setView('chart')}>
            Chart
          </button>
        </fieldset>
      )}
      <CopyButton name="Copy CSV" text={() => csvOf(table)} />
      <Downloads of="table" query={query} />
    </span>
  );
  return (
    <Section title="Answer" aside={aside}>
      <p class="soft answer-count" role="status">
        {countOf(table)} in {took}
      </p>
      {table.rows.length === 0 && (
        <Empty title="Nothing matches">Every pattern was looked at, and no evidence meets all of them.</Empty>
      )}
      {table.rows.length > 0 &&
        (isChart ? <AnswerChart chart={chart} /> : <AnswerTable table={table} prefixes={prefixes} />)}
    </Section>
  );
}

function Refused({
  outcome,
  query,
}: {
  readonly outcome: Extract<Outcome, { type: 'refused' }>;
  readonly query: string;
}) {
  const { problem } = outcome;
  const fault = faultIn(query, problem);
  if (fault === undefined) return <ProblemBox problem={problem} />;
  const line = query.slice(0, fault.from).split('\n').length;
  return (
    <>
      <ProblemBox problem={{ title: `Line ${line} cannot be read`, detail: fault.message }} />
      <details class="small soft">
        <summary>What the parser said</summary>
        {problem.detail}
      </details>
    </>
  );
}

/** Shows what became of a query. */
export function Answer({
  outcome,
  query,
  prefixes,
}: {
  readonly outcome: Outcome;
  readonly query: string;
  readonly prefixes: ReadonlyMap<string, string>;
}) {
  const took = durationOf(outcome.tookMs);
  switch (outcome.type) {
    case 'refused':
      return <Refused outcome={outcome} query={query} />;
    case 'cancelled':
      return <Empty title="Cancelled">It was stopped after {took}; the server works on it no more.</Empty>;
    case 'explained':
      return <Explained answer={outcome.explanation} />;
    case 'answered': {
      const { result, bytes } = outcome;
      if (result.type === 'table') return <TableAnswer {...{ table: result.table, query, took, prefixes }} />;
      if (result.type === 'truth') {
        return (
          <Section title="Answer" aside={took}>
            <p class="truth">{result.holds ? 'Yes' : 'No'}</p>
          </Section>
        );
      }
      return (
        <Section title="Graph" aside={<Downloads of="graph" query={query} />}>
          <p class="soft" role="status">
            {figureOf(bytes)} characters of Turtle in {took}
          </p>
          <pre class="graph-text">{result.text}</pre>
        </Section>
      );
    }
  }
}
