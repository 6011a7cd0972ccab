/** How many fields a query may answer, with its pages multiplied out: what it costs at most, told before it runs. */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** What a list without a page size counts as. */
const USUAL_LENGTH = 5;
/** What a connection without a page size answers, and the most that a page or a list of ids may have. */
const USUAL_PAGE = 20;
const MOST = 100;

/** The variables of a request, which nobody has checked yet. */
export type Variables = Readonly<Record<string, unknown>>;

/** Where a selection stands: the type it is of, and the size of the page that it is of, where it is a connection. */
interface Place {
  readonly type: GraphQLNamedType;
  readonly pageSize: number;
}

/** Adds up what operations cost; a fragment is measured once for each place, so that fragments of fragments cost nothing. */
export class CostMeter {
  readonly #schema: GraphQLSchema;
  readonly #variables: Variables;
  readonly #fragments: ReadonlyMap<string, { readonly on: string; readonly selections: SelectionSetNode }>;
  readonly #measured = new Map<string, number>();

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#variables = variables;
    this.#fragments = new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION
          ? [
              [
                definition.name.value,
                { on: definition.typeCondition.name.value, selections: definition.selectionSet },
              ] as const,
            ]
          : [],
      ),
    );
  }

  /** The fields that an operation answers at most, lists without a size counted as of five. */
  of({ operation, selectionSet }: OperationDefinitionNode): number {
    const type = this.#schema.getRootType(operation);
    return type == null ? 0 : this.#ofAll(selectionSet, { type, pageSize: 1 });
  }

  #ofAll(selections: SelectionSetNode | undefined, place: Place): number {
    return (selections?.selections ?? []).reduce((sum, each) => sum + this.#ofOne(each, place), 0);
  }

  #ofOne(selection: SelectionNode, place: Place): number {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#ofField(selection, place);
      case Kind.INLINE_FRAGMENT: {
        const on = selection.typeCondition?.name.value;
        const type = on === undefined ? place.type : (this.#schema.getType(on) ?? place.type);
        return this.#ofAll(selection.selectionSet, { ...place, type });
      }
      case Kind.FRAGMENT_SPREAD:
        return this.#ofFragment(selection.name.value, place.pageSize);
    }
  }

  #ofFragment(name: string, pageSize: number): number {
    const key = `${pageSize} ${name}`;
    const known = this.#measured.get(key);
    if (known !== undefined) return known;
    // A fragment within itself is an error that GraphQL reports; here it only must end.
    this.#measured.set(key, 0);
    const fragment = this.#fragments.get(name);
    const type = fragment === undefined ? undefined : this.#schema.getType(fragment.on);
    const cost = type === undefined ? 0 : this.#ofAll(fragment?.selections, { type, pageSize });
    this.#measured.set(key, cost);
    return cost;
  }

  #ofField(node: FieldNode, { type, pageSize }: Place): number {
    const name = node.name.value;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    // Introspection has bounds of its own in GraphQL; what is not there is for GraphQL to say.
    if (field === undefined) return name.startsWith('__') ? 0 : 1;
    const named = getNamedType(field.type);
    if (!isCompositeType(named)) return 1;
    const asked = this.#sizeAsked(node, field);
    const isPage = type.name.endsWith('Connection') && (name === 'edges' || name === 'nodes');
    const length = isPage ? pageSize : (asked ?? USUAL_LENGTH);
    const times = isListType(getNullableType(field.type)) ? length : 1;
    return 1 + times * this.#ofAll(node.selectionSet, { type: named, pageSize: asked ?? USUAL_PAGE });
  }

  /** The size that the arguments of a field ask for; undefined where it has none of that sort. */
  #sizeAsked(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    const sizes = field.args.flatMap(({ name, defaultValue }) => {
      if (name !== 'first' && name !== 'last' && name !== 'ids') return [];
      const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
      const value = given === undefined ? defaultValue : this.#valueOf(given);
      if (Array.isArray(value)) return [value.length];
      return typeof value === 'number' ? [value] : [];
    });
    return sizes.length === 0 ? undefined : Math.min(MOST, Math.max(0, ...sizes));
  }

  #valueOf(node: ValueNode): unknown {
    if (node.kind === Kind.VARIABLE) return this.#variables[node.name.value];
    if (node.kind === Kind.LIST) return node.values;
    return node.kind === Kind.INT ? Number(node.value) : undefined;
  }
}
