/** `Slo.budgetHistory`: how an error budget went over time. */
import { type BudgetPoint, budgetHistory } from '../../analysis/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import { SloType } from './slo-types.js';

const MOST_POINTS = 240;

const BudgetPointType = builder.objectRef<BudgetPoint>('SloBudgetPoint').implement({
  description: 'An error budget at a time, over the window that ended then.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    leftPercent: t.exposeFloat('leftPercent', {
      nullable: true,
      description:
        'What was left, in %, below 0 is overspent; null without data, or where nothing may be bad.',
    }),
    attainmentPercent: t.exposeFloat('attainmentPercent', {
      nullable: true,
      description: 'What was good, in % of what has data; null without data.',
    }),
    coverage: t.exposeFloat('coverage', { description: 'The share of the window that has data, 0..1.' }),
  }),
});

builder.objectField(SloType, 'budgetHistory', (t) =>
  t.field({
    type: [BudgetPointType],
    description:
      'The error budget at even steps of the window up to its end, all judged by the revision in force; empty without series.',
    args: {
      points: t.arg.int({
        required: true,
        defaultValue: 60,
        description: `At most so many steps, 2..${MOST_POINTS}.`,
      }),
    },
    resolve: async (status, { points }, { deps, budget }) => {
      if (points < 2 || points > MOST_POINTS) {
        throw new ServeError('bad-request', `points: expected 2..${MOST_POINTS}, not ${points}`);
      }
      budget.spend('budgets');
      return [...(await budgetHistory(deps.store, status, points))];
    },
  }),
);
