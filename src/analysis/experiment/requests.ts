/** What people say to start and to stop an experiment. */
import { z } from 'zod';
import {
  type Instant,
  LEAST_PLANNED_MINUTES,
  MOST_MATCHERS,
  MOST_PLANNED_MINUTES,
} from '../../model/index.js';
import { boundedText, requestTexts } from '../request.js';

const labelName = /^[A-Za-z_][A-Za-z0-9_]*$/;

const matcher = z.object({
  name: boundedText(200).regex(labelName, 'expected the name of a label: letters, digits and _'),
  operator: z.enum(['=', '!='], 'expected = or !='),
  value: z.string().max(1_000, 'expected at most 1000 characters'),
});

const selector = z
  .array(matcher)
  .min(1, 'expected at least one label')
  .max(MOST_MATCHERS, `expected at most ${MOST_MATCHERS} labels`);

const instant = z.custom<Instant>((value) => Number.isSafeInteger(value), 'expected a time');

const planned = `expected ${LEAST_PLANNED_MINUTES} to ${MOST_PLANNED_MINUTES} minutes`;

/** A hypothesis: if we do this to a service, a metric changes by so much, because of that. */
export const hypothesisSchema = z
  .object({
    /** The client's own id, by which the experiment is known. */
    id: requestTexts.id,
    service: requestTexts.name,
    metric: requestTexts.name,
    action: requestTexts.title,
    reason: requestTexts.prose,
    /** Negative where the metric is to fall. */
    expectedChangePercent: z
      .number()
      .refine((percent) => percent !== 0, 'expected a change, not 0')
      .refine((percent) => percent > -1_000_000 && percent < 1_000_000, 'expected a share in %'),
    owner: requestTexts.name.exactOptional(),
    treated: selector.exactOptional(),
    /** Without it the time before the start is compared with. */
    control: selector.exactOptional(),
    /** How many minutes are looked at; without it there is no end set, and small changes are found later. */
    plannedMinutes: z
      .int(planned)
      .min(LEAST_PLANNED_MINUTES, planned)
      .max(MOST_PLANNED_MINUTES, planned)
      .exactOptional(),
    baselineMinutes: z.int('expected whole minutes').exactOptional(),
    /** When it began, where that was before it is told. */
    startedAt: instant.exactOptional(),
  })
  .refine(({ treated, control }) => control === undefined || treated !== undefined, {
    path: ['treated'],
    message: 'is required beside control',
  });

/** A hypothesis as it was checked. */
export type Hypothesis = Readonly<z.output<typeof hypothesisSchema>>;

/** The end of an experiment. */
export const stoppingSchema = z.object({
  id: requestTexts.id,
  /** What was surprising, in words; what Genchi finds so is added. */
  surprise: requestTexts.prose.exactOptional(),
  endedAt: instant.exactOptional(),
});

/** The end of an experiment as it was checked. */
export type Stopping = Readonly<z.output<typeof stoppingSchema>>;
