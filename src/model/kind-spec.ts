/** How the kinds of events are declared: fields with their types, and what makes up a kind. */

/**
 * The type of a field, and its RDF object:
 * `text` a plain literal, `number` xsd:double, `integer` xsd:integer, `boolean` xsd:boolean,
 * `instant` xsd:dateTime, `service` the IRI of the service of that name, `receipt` the IRI of another receipt,
 * `receipts` several of them, `json` a JSON text as rdf:JSON.
 */
export type FieldType =
  | 'text'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'instant'
  | 'service'
  | 'receipt'
  | 'receipts'
  | 'json';

/** A field of a kind: its type, and whether a receipt may lack it. */
export interface FieldSpec<T extends FieldType = FieldType, O extends boolean = boolean> {
  readonly type: T;
  readonly optional: O;
}

/** What is declared of a kind: its RDF classes, most specific first (`tps:Event` is implied), and its fields. */
export interface KindSpec {
  readonly classes: readonly [string, ...string[]];
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** True when only Genchi itself records this kind: no door takes it from outside. */
  readonly internal?: true;
}

/** A field that every receipt of the kind has. */
export const must = <T extends FieldType>(type: T): FieldSpec<T, false> => ({ type, optional: false });
/** A field that a receipt of the kind may lack. */
export const may = <T extends FieldType>(type: T): FieldSpec<T, true> => ({ type, optional: true });
