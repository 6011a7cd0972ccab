/** What people say to log and to update an improvement. */
import { z } from 'zod';
import { efforts, type Instant, improvementStates } from '../../model/index.js';
import { requestTexts } from '../request.js';

const fields = {
  service: requestTexts.name.exactOptional(),
  metric: requestTexts.name.exactOptional(),
  owner: requestTexts.name.exactOptional(),
  effort: z.enum(efforts, `expected one of ${efforts.join(', ')}`).exactOptional(),
  state: z.enum(improvementStates, `expected one of ${improvementStates.join(', ')}`).exactOptional(),
  expectedChangePercent: z
    .number('expected a number')
    .refine((percent) => percent !== 0, 'expected a change, not 0')
    .exactOptional(),
  /** Where no metric is named that they could be measured by. */
  before: z.number('expected a number').exactOptional(),
  after: z.number('expected a number').exactOptional(),
  message: requestTexts.prose.exactOptional(),
  /** When it came into the state. */
  at: z.custom<Instant>((value) => Number.isSafeInteger(value), 'expected a time').exactOptional(),
};

/** A new improvement. */
export const loggingSchema = z.object({ id: requestTexts.id, title: requestTexts.title, ...fields });

/** A new improvement as it was checked. */
export type Logging = Readonly<z.output<typeof loggingSchema>>;

/** What changed of an improvement. */
export const updateSchema = z.object({
  id: requestTexts.id,
  title: requestTexts.title.exactOptional(),
  ...fields,
  clientMutationId: requestTexts.id.exactOptional(),
});

/** What changed of an improvement as it was checked. */
export type Update = Readonly<z.output<typeof updateSchema>>;
