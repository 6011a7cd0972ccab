import { z } from 'zod';

const definitionShape = z.union([
  z.string(),
  z.looseObject({ '@id': z.string(), '@type': z.string().optional() }),
]);
const contextShape = z.record(z.string(), z.union([definitionShape, z.number()]));

/** What a term of a JSON-LD context stands for. */
export interface ContextTerm {
  readonly name: string;
  readonly iri: string;
  /** `@id`, `@json` or the IRI of a datatype that its plain values have. */
  readonly coercion?: string;
}

/**
 * A JSON-LD context of the simple form that Genchi's own has: terms and prefixes, with types of values and without
 * scopes, languages or containers that change what a value means.
 */
export class JsonLdContext {
  readonly #definitions: ReadonlyMap<string, z.output<typeof definitionShape>>;
  readonly #terms = new Map<string, ContextTerm>();
  readonly #byIri = new Map<string, ContextTerm>();

  private constructor(definitions: ReadonlyMap<string, z.output<typeof definitionShape>>) {
    this.#definitions = definitions;
    for (const [name, definition] of definitions) {
      const term = this.#termOf(name, definition);
      this.#terms.set(name, term);
      if (!term.iri.startsWith('@') && !/[/#]$/.test(term.iri)) this.#byIri.set(term.iri, term);
    }
  }

  /** Takes the value of `@context`; undefined when it is not of the simple form. */
  static of(context: unknown): JsonLdContext | undefined {
    const parsed = contextShape.safeParse(context);
    if (!parsed.success) return undefined;
    const entries = Object.entries(parsed.data).flatMap(([name, definition]) =>
      name === '@version' || typeof definition === 'number' ? [] : [[name, definition] as const],
    );
    return entries.some(([name]) => name.startsWith('@')) ? undefined : new JsonLdContext(new Map(entries));
  }

  #termOf(name: string, definition: z.output<typeof definitionShape>): ContextTerm {
    const iri = this.expand(typeof definition === 'string' ? definition : definition['@id']);
    const type = typeof definition === 'string' ? undefined : definition['@type'];
    return { name, iri, ...(type === undefined ? {} : { coercion: this.expand(type) }) };
  }

  /** The IRI or keyword that a name stands for: a term, `prefix:name`, or an IRI as it is. */
  expand(name: string): string {
    if (name.startsWith('@')) return name;
    const whole = this.#definitions.get(name);
    if (whole !== undefined) {
      const target = typeof whole === 'string' ? whole : whole['@id'];
      return target === name ? name : this.expand(target);
    }
    const colon = name.indexOf(':');
    const suffix = name.slice(colon + 1);
    if (colon < 1 || suffix.startsWith('//')) return name;
    const prefix = this.#definitions.get(name.slice(0, colon));
    if (prefix === undefined) return name;
    return this.expand(typeof prefix === 'string' ? prefix : prefix['@id']) + suffix;
  }

  /** The term of a name, when it is one. */
  term(name: string): ContextTerm | undefined {
    return this.#terms.get(name);
  }

  /** The term that stands for an IRI. */
  termFor(iri: string): ContextTerm | undefined {
    return this.#byIri.get(iri);
  }
}
