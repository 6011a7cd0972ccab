import { TPS } from '../../model/index.js';
import { LABEL, RDF_TYPE } from '../vocabulary.js';
import type { JsonLdContext } from './jsonld-context.js';
import { literalOf, rewriteNodes, type WrittenFact } from './node-lines.js';

const SIMPLE = /^[A-Za-z][A-Za-z0-9_]*$/;
const escapes: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n', '\\r': '\r' };

type JsonValue = string | Readonly<Record<string, string>>;

/** Writes lines of N-Triples as nodes of JSON-LD, one a line, with the terms of a context. */
export class JsonLdNodes {
  readonly #context: JsonLdContext;
  #first = true;

  constructor(context: JsonLdContext) {
    this.#context = context;
  }

  /** The nodes of some lines, each but the very first after a comma. */
  write(text: string): string {
    return rewriteNodes(text, (subject, facts) => {
      const comma = this.#first ? '' : ',\n';
      this.#first = false;
      return comma + this.#node(subject, facts);
    });
  }

  #node(subject: string, facts: readonly WrittenFact[]): string {
    const values = new Map<string, JsonValue[]>();
    for (const fact of facts) {
      const [key, value] = this.#entry(fact);
      const known = values.get(key);
      if (known === undefined) values.set(key, [value]);
      else known.push(value);
    }
    const parts = [...values].map(([key, some]) => {
      const [only] = some;
      return `${JSON.stringify(key)}:${JSON.stringify(some.length === 1 ? only : some)}`;
    });
    return `{"@id":${JSON.stringify(subject)},${parts.join(',')}}`;
  }

  #entry({ predicate, object }: WrittenFact): readonly [string, JsonValue] {
    if (predicate === RDF_TYPE) return ['@type', this.#classOf(object.slice(1, -1))];
    const term = this.#context.termFor(predicate);
    const literal = literalOf(object);
    if (literal === undefined) {
      const iri = object.slice(1, -1);
      return term?.coercion === '@id' ? [term.name, iri] : [this.#nameOf(predicate), { '@id': iri }];
    }
    const { escaped, datatype, language } = literal;
    const value = escaped.includes('\\')
      ? escaped.replace(/\\[\\"nr]/g, (written) => escapes[written] ?? written)
      : escaped;
    if (language === undefined && term !== undefined && term.coercion === datatype) return [term.name, value];
    const type = datatype === undefined ? {} : { '@type': datatype };
    const tagged = language === undefined ? type : { '@language': language };
    return [this.#nameOf(predicate), { '@value': value, ...tagged }];
  }

  #classOf(iri: string): string {
    return this.#context.termFor(iri)?.name ?? iri;
  }

  /** A name without the type that a term would give to values. */
  #nameOf(iri: string): string {
    for (const [prefix, namespace] of [
      ['label', LABEL],
      ['tps', TPS],
    ] as const) {
      const local = iri.startsWith(namespace) ? iri.slice(namespace.length) : '';
      if (SIMPLE.test(local) && this.#context.expand(`${prefix}:${local}`) === iri)
        return `${prefix}:${local}`;
    }
    return iri;
  }
}
