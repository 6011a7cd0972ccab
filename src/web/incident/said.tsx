/** What people said and did about an incident. */
import { Section, Time } from '../parts/text.js';
import type { IncidentFacts } from './incident-page.js';

interface Saying {
  readonly at: string;
  readonly text: string;
}

function sayingsOf({
  acknowledgements,
  verdicts,
  endsAt,
  closedBy,
  closedMessage,
}: IncidentFacts): readonly Saying[] {
  const withMessage = (text: string, message: string | null): string =>
    message === null ? text : `${text}: ${message}`;
  return [
    ...acknowledgements.map(({ at, author, message }) => ({
      at,
      text: withMessage(`${author ?? 'Somebody'} took it on`, message),
    })),
    ...verdicts.map(({ at, author, judgement, title, message }) => ({
      at,
      text: withMessage(
        `${author ?? 'Somebody'} said ${judgement === 'other' ? 'it was' : judgement}: ${title}`,
        message,
      ),
    })),
    ...(endsAt === null || closedBy === null
      ? []
      : [{ at: endsAt, text: withMessage(`${closedBy} resolved it`, closedMessage) }]),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** What was said, oldest first. */
export function Said({ incident }: { readonly incident: IncidentFacts }) {
  const sayings = sayingsOf(incident);
  if (sayings.length === 0) return null;
  return (
    <Section title="What people said">
      <ul class="plain">
        {sayings.map(({ at, text }) => (
          <li key={at + text}>
            <Time at={at} hasSeconds /> {text}
          </li>
        ))}
      </ul>
    </Section>
  );
}
