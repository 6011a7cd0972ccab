/** What bounds a query before it runs: its size, its tokens, its depth and its number of fields. */
import { type DocumentNode, Kind, parse, type SelectionSetNode, type ValidationRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { GraphqlContext } from './context.js';
import { CostMeter, type Variables } from './cost.js';
import { tooComplex, tooCostly } from './errors.js';

/** The limits of one query. */
export const queryLimits = {
  /** Bytes of its text. */
  bytes: 65_536,
  /** Tokens of its text. */
  tokens: 2_000,
  /** Fields within fields; introspection has a limit of its own in GraphQL. */
  depth: 12,
  /** Fields with all fragments written out, aliases among them. */
  fields: 500,
  /** Fields that may be answered, with pages multiplied out and lists without a size counted as of five. */
  cost: 250_000,
  /** Questions at the top, aliases among them. */
  rootFields: 20,
  /** Questions about the schema: each may be answered with all of it. */
  introspections: 2,
} as const;

/** What a selection comes to with its fragments written out. */
interface Extent {
  readonly depth: number;
  /** All fields, at every level. */
  readonly fields: number;
  /** The fields at its own level. */
  readonly width: number;
  /** The questions about the schema. */
  readonly introspections: number;
}

const NOTHING: Extent = { depth: 0, fields: 0, width: 0, introspections: 0 };
const NAME_ONLY: Extent = { depth: 1, fields: 1, width: 1, introspections: 0 };

/** Measures selections; each fragment is measured once, so that fragments of fragments cost nothing. */
class Measure {
  readonly #fragments: ReadonlyMap<string, SelectionSetNode>;
  readonly #measured = new Map<string, Extent>();

  constructor(document: DocumentNode) {
    this.#fragments = new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION
          ? [[definition.name.value, definition.selectionSet] as const]
          : [],
      ),
    );
  }

  of(selections: SelectionSetNode | undefined): Extent {
    let { depth, fields, width, introspections } = NOTHING;
    for (const selection of selections?.selections ?? []) {
      const extent = this.#ofSelection(selection);
      depth = Math.max(depth, extent.depth);
      fields += extent.fields;
      width += extent.width;
      introspections += extent.introspections;
    }
    return { depth, fields, width, introspections };
  }

  #ofSelection(selection: SelectionSetNode['selections'][number]): Extent {
    switch (selection.kind) {
      case Kind.FIELD: {
        if (selection.name.value === '__typename') return NAME_ONLY;
        if (selection.name.value.startsWith('__')) return { ...NAME_ONLY, introspections: 1 };
        const { depth, fields, introspections } = this.of(selection.selectionSet);
        return { depth: depth + 1, fields: fields + 1, width: 1, introspections };
      }
      case Kind.INLINE_FRAGMENT:
        return this.of(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return this.#ofFragment(selection.name.value);
    }
  }

  #ofFragment(name: string): Extent {
    const measured = this.#measured.get(name);
    if (measured !== undefined) return measured;
    // A fragment within itself is an error that GraphQL reports; here it only must end.
    this.#measured.set(name, NOTHING);
    const extent = this.of(this.#fragments.get(name));
    this.#measured.set(name, extent);
    return extent;
  }
}

function faultOf({ depth, fields, width, introspections }: Extent): string | undefined {
  if (introspections > queryLimits.introspections) {
    return `the query asks ${introspections} times for the schema; ${queryLimits.introspections} are allowed`;
  }
  if (depth > queryLimits.depth)
    return `the query nests ${depth} fields deep; ${queryLimits.depth} are allowed`;
  if (fields > queryLimits.fields) return `the query has ${fields} fields; ${queryLimits.fields} are allowed`;
  if (width > queryLimits.rootFields) {
    return `the query asks ${width} questions at once; ${queryLimits.rootFields} are allowed`;
  }
  return undefined;
}

/** Refuses operations that are too deep, too wide, or answer too much at the sizes that the variables give. */
function boundedOperations(variables: Variables): ValidationRule {
  return (context) => {
    const measure = new Measure(context.getDocument());
    const meter = new CostMeter(context.getSchema(), context.getDocument(), variables);
    return {
      OperationDefinition: (operation) => {
        const fault = faultOf(measure.of(operation.selectionSet));
        const cost = fault === undefined ? meter.of(operation) : 0;
        if (fault !== undefined) context.reportError(tooComplex(fault));
        else if (cost > queryLimits.cost) context.reportError(tooCostly(cost, queryLimits.cost));
      },
    };
  };
}

/** Applies the limits to every request, before anything is resolved. */
export const limitQueries: Plugin<GraphqlContext> = {
  onParams: ({ params }) => {
    // A query that is no text is refused by the engine itself.
    if (typeof params.query === 'string' && Buffer.byteLength(params.query) > queryLimits.bytes) {
      throw tooComplex(`the query is longer than ${queryLimits.bytes} bytes`);
    }
  },
  onParse: ({ setParseFn }) => {
    setParseFn((source, options) => parse(source, { ...options, maxTokens: queryLimits.tokens }));
  },
  onValidate: ({ addValidationRule, context }) => {
    addValidationRule(boundedOperations(context.params?.variables ?? {}));
  },
};
