/** Where a receipt is in the log, and how to check that. */
import type { LogPlace } from '../../evidence/index.js';
import { type Content, type Html, html } from './html.js';

/** What a receipt's page tells of its proof. */
export interface ProofSetting extends LogPlace {
  /** Batches in the last checkpoint that was signed. */
  readonly size: number;
}

function row(name: string, content: Content): Html {
  return html`<tr><th scope="row">${name}</th><td>${content}</td></tr>\n`;
}

/** The section on a receipt's proof; nothing where its place is not known. */
export function proofSection(iri: string, place: ProofSetting | undefined): Content {
  if (place === undefined) return undefined;
  const { batch, leaf, size } = place;
  if (leaf === undefined) {
    return html`<h2>Proof</h2>\n<p class="soft">Recorded before there was a log: nothing proves that it is unchanged.</p>`;
  }
  const tree =
    leaf < size
      ? `in the signed tree of ${size} batches`
      : 'not in a signed tree yet: the next checkpoint that is asked for has it';
  return html`<h2>Proof</h2>
<table>
<caption>Where it is in the log of all commits</caption>
<tbody>
${row('batch', String(batch))}${row('leaf', `${leaf}, ${tree}`)}${row('proof', html`<a href="/log/proof?iri=${encodeURIComponent(iri)}">as JSON</a>, against the <a href="/log/checkpoint">checkpoint</a>`)}</tbody>
</table>
<p class="soft">Save both, and check them offline with the verifier key of this server (<code>genchi log key</code>):
<code>genchi verify proof.json --checkpoint checkpoint.txt --key KEY</code></p>`;
}
