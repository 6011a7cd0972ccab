/** The burn rates of an error budget, by rule. */
import type { SloDetailQuery } from '../generated/graphql.js';
import { Badge } from '../parts/marks.js';
import { Empty } from '../states/states.js';
import { figureOf } from '../time/format.js';
import { minutesInWords } from './words.js';

type Slo = NonNullable<SloDetailQuery['slo']>;

const RULES = {
  PAGE_FAST: 'page, fast',
  PAGE_SLOW: 'page, slow',
  TICKET_FAST: 'ticket, fast',
  TICKET_SLOW: 'ticket, slow',
} as const;

/** The table of them. */
export function Burns({ burns }: { readonly burns: Slo['burns'] }) {
  if (burns.length === 0)
    return <Empty title="Its window is too short for burn rates">They begin with an hour.</Empty>;
  return (
    <div class="scroll">
      <table class="data">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">State</th>
            <th scope="col" class="figure">
              Too fast from
            </th>
            <th scope="col" class="figure">
              Long window
            </th>
            <th scope="col" class="figure">
              Short window
            </th>
          </tr>
        </thead>
        <tbody>
          {burns.map(({ rule, firing, factor, long, short }) => (
            <tr key={rule}>
              <th scope="row">{RULES[rule]}</th>
              <td>
                {firing === null ? (
                  <Badge tone="unknown" word="not known" />
                ) : (
                  <Badge tone={firing ? 'bad' : 'good'} word={firing ? 'fires' : 'quiet'} />
                )}
              </td>
              <td class="figure">{figureOf(factor)}×</td>
              {[long, short].map(({ minutes, rate }) => (
                <td class="figure" key={minutes}>
                  {rate === null ? '–' : `${figureOf(rate)}×`}{' '}
                  <span class="soft">over {minutesInWords(minutes)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
