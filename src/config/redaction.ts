/** The setting that says which credentials and personal data are known, beside the rules that come with Genchi. */
import { z } from 'zod';
import { formRule, type SensitiveRule, sensitiveRules } from '../model/index.js';
import { eachOnce, fromText, unknownKeys } from './outgoing.js';
import { MOST_WAYS, waysOf } from './pattern-cost.js';

const MOST_RULES = 50;
const MOST_CHARACTERS = 500;

const TOO_DEAR =
  `expected an expression that tries at most ${MOST_WAYS} ways from one place of a text, so that no text can hold up ` +
  'this server: give every repetition that something follows an end, such as {1,64} in the place of + or *, and refer ' +
  'back to nothing';

const ownNames = sensitiveRules.map(({ name }) => name);

const pattern = z
  .string('expected a regular expression')
  .min(1, 'expected a regular expression that is not empty')
  .max(MOST_CHARACTERS, `expected at most ${MOST_CHARACTERS} characters`)
  .superRefine((source, context) => {
    try {
      const matchesNothing = new RegExp(source, 'u').test('');
      if (!matchesNothing && waysOf(source) > MOST_WAYS) {
        context.addIssue({ code: 'custom', message: TOO_DEAR });
      }
      if (!matchesNothing) return;
      context.addIssue({
        code: 'custom',
        message: 'expected an expression that needs at least one character',
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message: `expected a regular expression of JavaScript: ${why}` });
    }
  });

const rule = z.strictObject(
  {
    name: z
      .string('expected a name')
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected a name of small letters, digits and "-"')
      .refine((name) => !ownNames.includes(name), 'expected another name than those that come with Genchi'),
    pattern,
    sensitivity: z.enum(['credential', 'personal data']).default('credential'),
  },
  { error: unknownKeys('expected a rule with name, pattern and sensitivity') },
);

/** Takes the value of the config file, or the same as JSON in a flag or an environment variable. */
export const redactionSchema = z.preprocess(
  fromText,
  z.strictObject(
    {
      rules: z
        .array(rule, 'expected a list of rules')
        .max(MOST_RULES, `expected at most ${MOST_RULES} rules`)
        .superRefine(eachOnce(['name']))
        .default([]),
      without: z.array(z.enum(ownNames, `expected one of ${ownNames.join(', ')}`)).default([]),
    },
    { error: unknownKeys('expected rules and without') },
  ),
);

/** The rules that hold, those of the settings last. */
export function redactionRulesOf({
  rules,
  without,
}: Readonly<z.output<typeof redactionSchema>>): readonly SensitiveRule[] {
  const left = new Set<string>(without);
  return [
    ...sensitiveRules.filter(({ name }) => !left.has(name)),
    ...rules.map(({ name, sensitivity, pattern: source }) =>
      formRule(name, sensitivity, new RegExp(source, 'gu')),
    ),
  ];
}
