/** What is usually done about a kind of cause first; the runbooks say how. */
import type { Remedy } from './analysis.js';
import type { Bearing } from './change-bearing.js';
import type { Change } from './changes.js';
import type { Trouble } from './trouble.js';

/**
 * A change is taken back; but where it left something out that was never there before (a table, a registration), what
 * is missing is brought: taking code back would not bring it.
 */
export function remedyOfChange(change: Change, { mechanism }: Bearing, trouble: Trouble): Remedy {
  switch (change.causeKind) {
    case 'flag_change':
    case 'experiment':
      return 'turn-off';
    case 'config_change':
      return 'restore-value';
    default: {
      const lacking = (trouble.families.get('missing') ?? 0) > 0.5;
      const edit = mechanism.edit?.what ?? '';
      return lacking && /^(adds a query|calls .* no more|refuses)/.test(edit) ? 'roll-forward' : 'rollback';
    }
  }
}
