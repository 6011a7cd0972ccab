import { z } from 'zod';
import { printable } from './table.js';

/** The fields that {@link whyShape} wants, to stand in a selection. */
export const WHY_FIELDS = 'place kind sentence service onsetAt cites { iri } query end { reason needed }';

/** A step of a why chain as GraphQL tells it. */
export const whyShape = z.object({
  place: z.string(),
  kind: z.string(),
  sentence: z.string(),
  service: z.string(),
  onsetAt: z.string().nullable(),
  cites: z.array(z.object({ iri: z.string() })),
  query: z.string().nullable(),
  end: z.object({ reason: z.string(), needed: z.string() }).nullable(),
});

function printStep({ place, sentence, cites, end }: z.output<typeof whyShape>): readonly string[] {
  const isProblem = place === '0';
  const indent = '   '.repeat(isProblem ? 0 : place.split('.').length);
  const more = cites.length > 1 ? ` and ${cites.length - 1} more` : '';
  return [
    `${indent}${isProblem ? '' : `why ${place}: `}${sentence}`,
    ...(cites[0] === undefined ? [] : [`${indent}   ${cites[0].iri}${more}`]),
    ...(end === null
      ? []
      : [`${indent}   Here evidence stops. ${end.reason}`, `${indent}   Needed: ${end.needed}`]),
  ];
}

/** The Five Whys, each step indented below the one that it answers; --json has their queries too. */
export function printWhys(steps: readonly z.output<typeof whyShape>[]): string {
  if (steps.length === 0) return '';
  return `\nFive whys:\n${steps.flatMap(printStep).map(printable).join('\n')}\n`;
}
