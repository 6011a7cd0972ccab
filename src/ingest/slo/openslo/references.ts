/** What documents of OpenSLO hold that objectives of others refer to. */
import type { YamlDocument } from '../yaml-document.js';
import { sayLeftOut } from './left-out.js';
import { dataSourceDocument, type IndicatorSpec, sliDocument } from './schema.js';
import { headShape, type Remarks } from './untaken.js';

/** An indicator that stands by itself. */
interface NamedIndicator {
  readonly document: YamlDocument;
  readonly spec: IndicatorSpec;
}

/** What other documents hold that an objective may refer to, by name. */
export interface References {
  readonly indicators: ReadonlyMap<string, NamedIndicator>;
  /** The types of data sources. */
  readonly sources: ReadonlyMap<string, string>;
}

const FOUR_RULES = 'left out: every objective has the four rules on its burn rate';

class ReferenceBook {
  readonly indicators = new Map<string, NamedIndicator>();
  readonly sources = new Map<string, string>();
  readonly #remarks: Remarks;

  constructor(remarks: Remarks) {
    this.#remarks = remarks;
  }

  add(document: YamlDocument, kind: string): void {
    switch (kind) {
      case 'SLI':
        this.#addIndicator(document);
        return;
      case 'DataSource':
        this.#addSource(document);
        return;
      case 'AlertPolicy':
      case 'AlertCondition':
      case 'AlertNotificationTarget':
        this.#remarks.note(document, ['kind'], FOUR_RULES);
        return;
      case 'SLO':
      case 'Service':
        return;
      default:
        this.#remarks.note(
          document,
          ['kind'],
          'left out: expected SLO, SLI, Service, DataSource, AlertPolicy, AlertCondition or AlertNotificationTarget',
        );
    }
  }

  #addIndicator(document: YamlDocument): void {
    const found = this.#remarks.checked(document, sliDocument);
    if (found === undefined) return;
    const { name } = found.metadata;
    if (this.#isNew(this.indicators, document, name))
      this.indicators.set(name, { document, spec: found.spec });
  }

  #addSource(document: YamlDocument): void {
    const found = this.#remarks.checked(document, dataSourceDocument);
    if (found === undefined) return;
    const { name } = found.metadata;
    if (this.#isNew(this.sources, document, name)) this.sources.set(name, found.spec.type);
  }

  #isNew(known: ReadonlyMap<string, unknown>, document: YamlDocument, name: string): boolean {
    if (!known.has(name)) return true;
    this.#remarks.fault(document, ['metadata', 'name'], `${name} stands there twice: expected one of a name`);
    return false;
  }
}

/** Collects what objectives may refer to; documents that nothing is made of are told of. */
export function referencesOf(documents: readonly YamlDocument[], remarks: Remarks): References {
  const book = new ReferenceBook(remarks);
  for (const document of documents) {
    const { apiVersion, kind } = headShape.parse(document.value);
    if (apiVersion !== 'openslo/v1') {
      remarks.fault(document, ['apiVersion'], `expected openslo/v1, not ${apiVersion}`);
      continue;
    }
    book.add(document, kind);
    sayLeftOut(kind, document.value, (path, message) => remarks.note(document, path, message));
  }
  return book;
}
