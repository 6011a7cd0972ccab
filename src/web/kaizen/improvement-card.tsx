/** One improvement: what it was to do, what it did, and where it goes from here. */
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { mayOperate } from '../data/session.js';
import { changeOf } from '../experiments/words.js';
import { useSend } from '../forms/use-send.js';
import {
  type ImprovementLineFragment,
  type ImprovementState,
  MoveImprovementDocument,
} from '../generated/graphql.js';
import { Cites } from '../parts/cites.js';
import { Badge } from '../parts/marks.js';
import { ServiceLink, Time } from '../parts/text.js';
import { experimentPath } from '../paths.js';
import { ProblemBox } from '../states/states.js';
import { figureOf } from '../time/format.js';
import { holdingWords, nextStates, wordsOfState } from './improvement-model.js';

function Measured({ one }: { readonly one: ImprovementLineFragment }) {
  const { measure, before, after, expectedChangePercent, changePercent, metric } = one;
  const [from, to] = [before ?? measure?.medianBefore, after ?? measure?.medianAfter];
  if (metric === null && from == null && to == null) return null;
  return (
    <dl class="facts">
      {metric !== null && (
        <>
          <dt>Metric</dt>
          <dd>
            <code>{metric}</code>
          </dd>
        </>
      )}
      <dt>Before, after</dt>
      <dd>
        {figureOf(from)} <span aria-hidden="true">→</span> <span class="hidden-text">to</span> {figureOf(to)}
      </dd>
      <dt>Change</dt>
      <dd>
        {changeOf(measure?.changePercent ?? changePercent)}
        {expectedChangePercent !== null && (
          <span class="soft">, expected {changeOf(expectedChangePercent)}</span>
        )}
      </dd>
      {measure !== null && (
        <>
          <dt>Measured</dt>
          <dd>
            <Badge {...holdingWords[measure.holding]} /> <span class="soft small">{measure.missing}</span>
          </dd>
        </>
      )}
    </dl>
  );
}

function Moves({ one, reload }: { readonly one: ImprovementLineFragment; readonly reload: () => void }) {
  const [message, setMessage] = useState('');
  const { send, isSending, problem } = useSend(MoveImprovementDocument);
  const move = async (state: ImprovementState): Promise<void> => {
    const input = { id: one.name, state, message: message.trim() === '' ? null : message.trim() };
    if ((await send({ input })) !== undefined) reload();
  };
  return (
    <details>
      <summary>Move it on</summary>
      <div class="moves">
        <label class="field">
          <span>What to say with it</span>
          <input value={message} onInput={({ currentTarget }) => setMessage(currentTarget.value)} />
        </label>
        <div class="row">
          {nextStates(one.state).map((state) => (
            <button key={state} type="button" disabled={isSending} onClick={() => void move(state)}>
              {wordsOfState(state).word}
            </button>
          ))}
        </div>
        {problem !== undefined && <ProblemBox problem={problem} />}
      </div>
    </details>
  );
}

/** The card. */
export function ImprovementCard({
  one,
  reload,
}: {
  readonly one: ImprovementLineFragment;
  readonly reload: () => void;
}) {
  const { name, title, state, source, service, owner, at, message, surprise, receipts } = one;
  return (
    <li class="card">
      <span class="row">
        <Badge {...wordsOfState(state)} /> <Time at={at} />
        {owner !== null && <span class="soft">{owner}</span>}
      </span>
      <h2>{source === 'EXPERIMENT' ? <Link href={experimentPath(name)}>{title}</Link> : title}</h2>
      {service !== null && (
        <p class="soft">
          on <ServiceLink name={service} />
          {source === 'EXPERIMENT' && ', an experiment'}
        </p>
      )}
      {message !== null && <p>{message}</p>}
      {surprise !== null && <p class="partial">{surprise}</p>}
      <Measured one={one} />
      <Cites iris={receipts.map(({ iri }) => iri)} />
      {source === 'IMPROVEMENT' && mayOperate() && <Moves one={one} reload={reload} />}
    </li>
  );
}
