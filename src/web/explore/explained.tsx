/** How a query was answered: which way each part went, what it looked at, and what it cost. */
import { Section } from '../parts/text.js';
import { figureOf } from '../time/format.js';
import { type ExplainedPart, explanationOf, wayInWords } from './explanation.js';

function Part({ part }: { readonly part: ExplainedPart }) {
  return (
    <li>
      <p class="row">
        <strong>{part.way === 'compiled' ? 'As rows' : 'As a slice'}</strong>
        <span class="soft">
          {figureOf(part.rows)} {part.way === 'compiled' ? 'rows' : 'receipts'} in {figureOf(part.ms)} ms
        </span>
      </p>
      <pre>{part.patterns.join('\n')}</pre>
      {part.bounds.length > 0 && <p class="small soft">Looked at {part.bounds.join('; ')}</p>}
      {part.sql !== undefined && (
        <details>
          <summary>The statement</summary>
          <pre>{part.sql}</pre>
        </details>
      )}
    </li>
  );
}

/** Shows an explanation. */
export function Explained({ answer }: { readonly answer: unknown }) {
  const { way, parts, notCompiled, engine, ms } = explanationOf(answer);
  return (
    <Section title="How it was answered" aside={`${figureOf(ms)} ms`}>
      <p>{wayInWords(way)}</p>
      <ol class="explained">
        {parts.map((part) => (
          <Part key={part.patterns.join()} part={part} />
        ))}
      </ol>
      {notCompiled.length > 0 && (
        <>
          <h3>What did not become rows</h3>
          <dl class="facts">
            {notCompiled.map(({ pattern, why }) => (
              <>
                <dt>
                  <code>{pattern}</code>
                </dt>
                <dd>{why}</dd>
              </>
            ))}
          </dl>
        </>
      )}
      {engine !== undefined && (
        <details>
          <summary>
            The engine ran the rest over {figureOf(engine.sliceBytes)} bytes in {figureOf(engine.ms)} ms
          </summary>
          <pre>{engine.query}</pre>
        </details>
      )}
    </Section>
  );
}
