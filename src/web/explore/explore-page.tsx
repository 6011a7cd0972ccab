/** Explore: SPARQL over all evidence, with its questions, its history, and answers as tables and charts. */
import './explore.css';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import { type Problem, problemIn } from '../data/problem.js';
import { useTitle } from '../parts/title.js';
import { Empty, ProblemBox, Waiting } from '../states/states.js';
import { Answer } from './answer.js';
import type { Editor } from './editor.js';
import { faultIn } from './fault-place.js';
import { remember } from './history.js';
import { HistoryPanel } from './history-panel.js';
import { type Pack, readPacks } from './packs.js';
import { PacksPanel } from './packs-panel.js';
import { QueryEditor } from './query-editor.js';
import { RunBar, useDeadline } from './run-bar.js';
import { sharedParameters, sharedQuery } from './share.js';
import { useRun } from './use-run.js';
import { useVocabulary } from './use-vocabulary.js';

const EXAMPLE = `# The newest changes, with their services.
SELECT ?time ?service ?what ?change {
  ?change a tps:Change ; tps:timestamp ?time ; tps:service/tps:name ?service .
  OPTIONAL { ?change tps:version ?what }
  FILTER(?time >= NOW() - "PT24H"^^xsd:dayTimeDuration)
}
ORDER BY DESC(?time) LIMIT 50
`;

/** The packs, once they are there. */
function usePacks() {
  const [packs, setPacks] = useState<{
    readonly packs: readonly Pack[];
    readonly deadlineMs?: number | undefined;
  }>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    readPacks().then(setPacks, (error: unknown) => setProblem(problemIn(error)));
  }, []);
  return { packs: packs?.packs, deadlineMs: packs?.deadlineMs, problem };
}

/** The query of the address, whenever it is another one: what was typed since stays when it is the same. */
function useAddress(onQuery: (text: string) => void): (text: string) => Promise<boolean> {
  const [search, setSearch] = useSearchParams();
  const key = `${search.get('query') ?? ''} ${search.get('packed') ?? ''}`;
  const told = useRef(onQuery);
  told.current = onQuery;
  // Only the query of the address is told, not its other choices.
  useEffect(() => {
    void sharedQuery(search).then((text) => {
      if (text !== undefined) told.current(text);
    });
  }, [key]);
  return useCallback(
    async (text) => {
      const shared = await sharedParameters(text);
      if (Object.entries(shared).every(([name, value]) => search.get(name) === value)) return false;
      setSearch((before) => {
        const next = new URLSearchParams(before);
        next.delete('query');
        next.delete('packed');
        for (const [name, value] of Object.entries(shared)) next.set(name, value);
        return next;
      });
      return true;
    },
    [search, setSearch],
  );
}

function Aside({
  packs,
  problem,
  services,
  use,
}: {
  readonly packs: readonly Pack[] | undefined;
  readonly problem: Problem | undefined;
  readonly services: readonly string[];
  readonly use: (query: string) => void;
}) {
  return (
    <aside class="explore-aside">
      <section aria-labelledby="questions">
        <h2 id="questions">Questions</h2>
        {problem !== undefined && <ProblemBox problem={problem} />}
        {packs === undefined && problem === undefined && <Waiting what="the questions" />}
        {packs !== undefined && <PacksPanel packs={packs} services={services} use={use} />}
      </section>
      <section aria-labelledby="past">
        <h2 id="past">History</h2>
        <HistoryPanel use={use} />
      </section>
    </aside>
  );
}

/** What is asked and how it was answered, with the editor that it is written in and the address that tells it. */
function useAsking() {
  const [text, setText] = useState(EXAMPLE);
  const editor = useRef<Editor>(null);
  const { question, outcome, isRunning, start, cancel } = useRun();
  const timeoutMs = useDeadline();
  const ask = (query: string, isExplained = false): void => {
    remember(query, Date.now());
    editor.current?.mark(undefined);
    start({ text: query, isExplained, timeoutMs });
  };
  const toAddress = useAddress((query) => {
    editor.current?.replace(query);
    ask(query);
  });
  const runText = (query: string): void => {
    editor.current?.replace(query);
    void toAddress(query).then((isOther) => {
      if (!isOther) ask(query);
    });
  };
  useEffect(() => {
    if (outcome?.type === 'refused' && question !== undefined) {
      editor.current?.mark(faultIn(question.text, outcome.problem));
    }
  }, [outcome, question]);
  return { text, setText, editor, question, outcome, isRunning, cancel, ask, runText };
}

/** The answer, or what stands in its place. */
function AnswerPlace({
  asking: { question, outcome, isRunning },
  prefixes,
}: {
  readonly asking: ReturnType<typeof useAsking>;
  readonly prefixes: ReturnType<typeof useVocabulary>['prefixes'];
}) {
  return (
    <div class={isRunning ? 'explore-answer is-stale' : 'explore-answer'} aria-busy={isRunning}>
      {outcome !== undefined && question !== undefined && (
        <Answer outcome={outcome} query={question.text} prefixes={prefixes} />
      )}
      {outcome === undefined && isRunning && <Waiting what="the answer" lines={5} />}
      {outcome === undefined && !isRunning && (
        <Empty title="Nothing was asked yet">
          Write a query, or take a question from the list. The prefixes <code>tps:</code>, <code>label:</code>
          , <code>service:</code>, <code>incident:</code>, <code>rdf:</code>, <code>rdfs:</code>,{' '}
          <code>xsd:</code>, <code>prov:</code> and <code>skos:</code> need not be declared.
        </Empty>
      )}
    </div>
  );
}

/** The page. */
export function ExplorePage() {
  useTitle('Explore');
  const vocabulary = useVocabulary();
  const { packs, deadlineMs, problem } = usePacks();
  const asking = useAsking();
  const { text, setText, editor, isRunning, cancel, ask, runText } = asking;
  return (
    <>
      <div class="page-head">
        <h1>Explore</h1>
      </div>
      <div class="explore">
        <div class="explore-main">
          <QueryEditor
            {...{ text, vocabulary }}
            onChange={setText}
            onRun={() => runText(editor.current?.text() ?? text)}
            handle={editor}
          />
          <RunBar
            {...{ isRunning, cancel }}
            mostMs={deadlineMs}
            run={() => runText(text)}
            explain={() => ask(text, true)}
          />
          <AnswerPlace asking={asking} prefixes={vocabulary.prefixes} />
        </div>
        <Aside packs={packs} problem={problem} services={vocabulary.services} use={runText} />
      </div>
    </>
  );
}
