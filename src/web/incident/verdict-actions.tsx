/** Where people say what the cause was. */
import { GiveVerdictDocument, type Judgement } from '../generated/graphql.js';
import { Badge } from '../parts/marks.js';
import { Time } from '../parts/text.js';
import { Action, useActing } from './acting.js';
import type { IncidentFacts } from './incident-page.js';

type Candidate = IncidentFacts['candidates'][number];

const words: Readonly<Record<Judgement, string>> = {
  confirmed: 'confirmed',
  rejected: 'rejected',
  other: 'another cause',
};

/** What was said of a candidate last. */
export function LatestVerdict({ verdicts }: Pick<Candidate, 'verdicts'>) {
  const [latest] = verdicts;
  if (latest === undefined) return null;
  return (
    <span class="small">
      <Badge tone={latest.judgement === 'confirmed' ? 'good' : 'bad'} word={words[latest.judgement]} />{' '}
      <span class="soft">
        by {latest.author ?? 'somebody'}, <Time at={latest.at} />
        {latest.message === null ? '' : `: ${latest.message}`}
      </span>
    </span>
  );
}

/** Buttons that confirm or reject a candidate. */
export function VerdictActions({ candidate }: { readonly candidate: Candidate }) {
  const { incident } = useActing();
  const receipt = candidate.receipt?.iri;
  const [latest] = candidate.verdicts;
  if (receipt === undefined) return null;
  const judge = (judgement: 'confirmed' | 'rejected', label: string, explanation: string) =>
    latest?.judgement === judgement ? null : (
      <Action
        label={label}
        explanation={
          <>
            {explanation} <strong>{candidate.title}</strong>
          </>
        }
        document={GiveVerdictDocument}
        variables={({ author, message }) => ({
          input: { incident, candidate: receipt, judgement, author, message },
        })}
      />
    );
  return (
    <div class="row verdict-actions">
      <LatestVerdict verdicts={candidate.verdicts} />
      {judge('confirmed', 'Confirm', 'Says that this was the cause. Later rankings learn from it.')}
      {judge('rejected', 'Reject', 'Says that this was not the cause. Later rankings learn from it.')}
    </div>
  );
}

/** A button that names a cause which is not among the candidates. */
export function OtherCause() {
  const { incident } = useActing();
  return (
    <Action
      label="It was something else"
      explanation="Names a cause that is not among the candidates."
      document={GiveVerdictDocument}
      variables={({ author, message, fields }) => {
        const service = String(fields.get('service') ?? '').trim();
        const cause = { title: String(fields.get('title')), service: service === '' ? null : service };
        return { input: { incident, judgement: 'other' as const, cause, author, message } };
      }}
    >
      <label>
        <span>The cause in one line</span>
        <input name="title" required maxLength={500} />
      </label>
      <label>
        <span>The service it lay in (optional)</span>
        <input name="service" maxLength={500} />
      </label>
    </Action>
  );
}
