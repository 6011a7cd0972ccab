import { z } from 'zod';
import { printable } from './table.js';

const verdictShape = z.object({
  at: z.string(),
  author: z.string().nullable(),
  message: z.string().nullable(),
  judgement: z.enum(['confirmed', 'rejected', 'other']),
  title: z.string(),
});
type ShownVerdict = z.output<typeof verdictShape>;

const similarShape = z.object({
  score: z.number(),
  reasons: z.array(z.object({ sentence: z.string() })),
  incident: z.object({
    id: z.string(),
    title: z.string(),
    startsAt: z.string(),
    timeToResolveSeconds: z.number().nullable(),
    confirmedCause: z.object({ title: z.string() }).nullable(),
  }),
});

/** What people said of an incident, and past incidents like it, as GraphQL tells it. */
export const saidShape = {
  closedBy: z.string().nullable(),
  closedMessage: z.string().nullable(),
  acknowledgements: z.array(
    z.object({ at: z.string(), author: z.string().nullable(), message: z.string().nullable() }),
  ),
  verdicts: z.array(verdictShape),
  confirmedCause: verdictShape.nullable(),
  similar: z.array(similarShape),
};
const said = z.object(saidShape);

const VERDICT_FIELDS = 'at author message judgement title';

/** The fields that {@link saidShape} wants, to stand in a selection. */
export const SAID_FIELDS = `
    closedBy closedMessage
    acknowledgements { at author message }
    verdicts { ${VERDICT_FIELDS} }
    confirmedCause { ${VERDICT_FIELDS} }
    similar(first: 3) {
      score reasons { sentence }
      incident { id title startsAt timeToResolveSeconds confirmedCause { title } }
    }`;

const WORDS = { confirmed: 'confirmed', rejected: 'rejected', other: 'named another cause' } as const;

const withMessage = (line: string, message: string | null): string =>
  message === null ? line : `${line}: ${message}`;

function verdictLine({ at, author, message, judgement, title }: ShownVerdict): string {
  return withMessage(`verdict    ${at} ${author ?? 'somebody'} ${WORDS[judgement]}: ${title}`, message);
}

/** Who took an incident on, what people said of its cause, and who closed it. */
export function printSaid(incident: z.output<typeof said>): string {
  const { acknowledgements, verdicts, confirmedCause, closedBy, closedMessage } = incident;
  const lines = [
    ...(confirmedCause === null ? [] : [`cause      ${confirmedCause.title} (confirmed)`]),
    ...acknowledgements.map(({ at, author, message }) =>
      withMessage(`taken on   ${at} by ${author ?? 'somebody'}`, message),
    ),
    ...verdicts.map(verdictLine),
    ...(closedBy === null ? [] : [withMessage(`closed     by ${closedBy}`, closedMessage)]),
  ];
  return lines.length === 0 ? '' : `${lines.map(printable).join('\n')}\n\n`;
}

/** A number of seconds as people say it: `45 s`, `12 min`, `3.5 h`. */
export function printSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

/** Past incidents that are alike, with their causes and how long they took. */
export function printSimilar(similar: z.output<typeof said>['similar']): string {
  if (similar.length === 0) return '';
  const lines = similar.flatMap(({ score, reasons, incident }) => {
    const { id, title, startsAt, timeToResolveSeconds: seconds, confirmedCause } = incident;
    const took = seconds === null ? 'not over yet' : `took ${printSeconds(seconds)}`;
    return [
      `${score.toFixed(2)}  ${title}  [${id}, ${startsAt}, ${took}]`,
      `      cause: ${confirmedCause?.title ?? 'not confirmed'}`,
      ...reasons.map(({ sentence }) => `      ${sentence}`),
    ];
  });
  return `\nSimilar incidents before:\n${lines.map(printable).join('\n')}\n`;
}
