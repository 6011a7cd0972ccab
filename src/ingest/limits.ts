import { defaultSensitive, type KnownNames, type Sensitive } from '../model/index.js';

/** Bounds of what one request may hold; whatever lies beyond is refused, never cut off. */
export interface Limits {
  /** The most bytes of a body after decompression. */
  readonly decompressedBytes: number;
  /** The most items of a JSON request. */
  readonly items: number;
  /** The deepest nesting of JSON. */
  readonly jsonDepth: number;
  /** The most values of one JSON text: its brackets and commas. */
  readonly jsonValues: number;
  /** The most labels of one series or event. */
  readonly labels: number;
  /** The most UTF-16 code units of a label's name, a service's name or an id. */
  readonly nameCharacters: number;
  /** The most UTF-16 code units of a label's value. */
  readonly labelValueCharacters: number;
  /** The most UTF-16 code units of any other text, such as a diff. */
  readonly textCharacters: number;
  /** What labels and texts may not hold. */
  readonly sensitive: Sensitive;
  /** The names that events may speak of; of any number unless given. */
  readonly names?: KnownNames | undefined;
}

/** The bounds used unless configuration says otherwise. */
export const defaultLimits: Limits = {
  decompressedBytes: 32 * 1024 * 1024,
  items: 10_000,
  jsonDepth: 64,
  jsonValues: 1_000_000,
  labels: 64,
  nameCharacters: 256,
  labelValueCharacters: 4_096,
  textCharacters: 65_536,
  sensitive: defaultSensitive,
};
