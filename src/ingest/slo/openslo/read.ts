/** Makes objectives of documents of OpenSLO v1, and says what of them cannot be taken. */
import type { Remark, YamlDocument } from '../yaml-document.js';
import { objectiveFields } from './objective.js';
import { type References, referencesOf } from './references.js';
import { type SloDocument, sloDocument } from './schema.js';
import { headShape, Remarks, type Say, Untaken } from './untaken.js';

/** An objective by field, and the document that it comes from. */
export interface FoundSlo {
  readonly document: YamlDocument;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What is made of documents. */
export interface OpenSlo {
  readonly slos: readonly FoundSlo[];
  /** What makes an objective none. */
  readonly faults: readonly Remark[];
  /** What is left out, or taken in another way than meant. */
  readonly notes: readonly Remark[];
}

/** Whether a document says that it is one of OpenSLO. */
export function isOpenSlo({ value }: YamlDocument): boolean {
  const head = headShape.safeParse(value);
  return head.success && head.data.apiVersion.startsWith('openslo/');
}

/** The objectives of one document. */
function objectivesOf(
  document: YamlDocument,
  slo: SloDocument,
  references: References,
  remarks: Remarks,
): readonly FoundSlo[] {
  const say: Say = (path, message) => remarks.note(document, path, message);
  const { alertPolicies, objectives } = slo.spec;
  if (alertPolicies.length > 0)
    say(['spec', 'alertPolicies'], 'left out: every objective has the four rules on its burn rate');
  return objectives.flatMap((_, place) => {
    try {
      return [{ document, fields: objectiveFields(slo, place, references, say) }];
    } catch (why) {
      if (!(why instanceof Untaken)) throw why;
      remarks.fault(document, why.path, why.message);
      return [];
    }
  });
}

/** Tells of indicators that no objective refers to: nothing is made of them. */
function sayUnused(slos: readonly SloDocument[], { indicators }: References, remarks: Remarks): void {
  const used = new Set(slos.map(({ spec }) => spec.indicatorRef));
  for (const [name, { document }] of indicators)
    if (!used.has(name)) remarks.note(document, [], 'left out: no SLO that was given refers to it');
}

/** Makes objectives of all documents of OpenSLO together, so that they may refer to each other. */
export function readOpenSlo(documents: readonly YamlDocument[]): OpenSlo {
  const remarks = new Remarks();
  const references = referencesOf(documents, remarks);
  const checked = documents.flatMap((document) => {
    const { apiVersion, kind } = headShape.parse(document.value);
    if (apiVersion !== 'openslo/v1' || kind !== 'SLO') return [];
    const slo = remarks.checked(document, sloDocument);
    return slo === undefined ? [] : [{ document, slo }];
  });
  const slos = checked.flatMap(({ document, slo }) => objectivesOf(document, slo, references, remarks));
  sayUnused(
    checked.map(({ slo }) => slo),
    references,
    remarks,
  );
  return { slos, faults: remarks.faults, notes: remarks.notes };
}
