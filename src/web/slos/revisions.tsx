/** What was agreed of an objective, and when. */
import type { SloDetailQuery } from '../generated/graphql.js';
import { Time } from '../parts/text.js';
import { documentPath } from '../paths.js';
import { figureOf } from '../time/format.js';
import { minutesInWords, shareInWords } from './words.js';

type Slo = NonNullable<SloDetailQuery['slo']>;

/** A revision in a sentence. */
export function agreedInWords(revision: Slo['revisions'][number]): string {
  if (revision.retired) return 'Retired';
  const window = revision.windowMinutes === null ? '' : ` over ${minutesInWords(revision.windowMinutes)}`;
  const share = `${shareInWords(revision.objectivePercent)} of `;
  if (revision.metric !== null) {
    const side = revision.direction === 'AT_LEAST' ? 'at least' : 'at most';
    return `${share}minutes with ${revision.selectors[0] ?? revision.metric} ${side} ${figureOf(revision.target)}${window}`;
  }
  const [counted = '', total = ''] = revision.selectors;
  return `${share}${total} ${revision.badMetric === null ? `in ${counted}` : `not in ${counted}`}${window}`;
}

/** The table of them, the latest first. */
export function Revisions({ revisions }: { readonly revisions: Slo['revisions'] }) {
  return (
    <div class="scroll">
      <table class="data">
        <thead>
          <tr>
            <th scope="col">Since</th>
            <th scope="col">Agreed</th>
            <th scope="col">Owner</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {revisions.toReversed().map((revision) => (
            <tr key={revision.receipt.iri}>
              <th scope="row">
                <a href={documentPath(revision.receipt.iri)}>
                  <Time at={revision.at} />
                </a>
              </th>
              <td>{agreedInWords(revision)}</td>
              <td>{revision.owner}</td>
              <td>{revision.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
