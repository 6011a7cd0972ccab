/** How much work something is. */
import type { Effort } from '../../model/index.js';
import { builder } from './builder.js';

/** How much work something is. */
export const EffortEnum = builder.enumType('Effort', {
  description: 'How much work something is.',
  values: {
    SMALL: { value: 'small', description: 'One to two hours.' },
    MEDIUM: { value: 'medium', description: 'Half a day.' },
    LARGE: { value: 'large', description: 'A day or more.' },
  } as const satisfies Record<string, { readonly value: Effort; readonly description: string }>,
});
