/** The paths of tiles, as C2SP's tlog-tiles has them. */

/** A full tile has so many hashes. */
export const FULL_WIDTH = 256;
const MOST_LEVEL = 63;

/** What a path below `/log/tile/` asks for: a tile of hashes, or a bundle of entries. */
export interface TileName {
  readonly level: number | 'entries';
  readonly index: number;
  /** How many there are in it; a partial one has fewer than {@link FULL_WIDTH}. */
  readonly width: number;
}

function levelOf(text: string): TileName['level'] | undefined {
  if (text === 'entries') return text;
  return /^(0|[1-9]\d?)$/.test(text) && Number(text) <= MOST_LEVEL ? Number(text) : undefined;
}

/** Reads a path such as `0/x001/x234/067` or `entries/000.p/17`; undefined where it names no tile. */
export function parseTilePath(path: string): TileName | undefined {
  const match = /^(\d{1,2}|entries)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  const [, first = '', digits = '', partial] = match ?? [];
  const level = levelOf(first);
  if (match === null || level === undefined || digits.startsWith('x000')) return undefined;
  const width = partial === undefined ? FULL_WIDTH : Number(partial);
  if (partial !== undefined && width >= FULL_WIDTH) return undefined;
  return { level, index: Number(digits.replaceAll(/[x/]/g, '')), width };
}

/** The path of a tile below `/log/tile/`. */
export function tilePath({ level, index, width }: TileName): string {
  const digits = String(index);
  const groups = digits.padStart(3 * Math.ceil(digits.length / 3), '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, nth) => (nth < groups.length - 1 ? `x${group}` : group)).join('/');
  return `${level}/${path}${width < FULL_WIDTH ? `.p/${width}` : ''}`;
}
