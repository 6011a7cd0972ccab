/** Whether a version of Node is within the range that a package gives; what packages write, not all that they might. */

type Version = readonly [major: number, minor: number, patch: number];

function partsOf(text: string): readonly number[] {
  return text
    .replace(/^v/, '')
    .split('.')
    .filter((part) => part !== 'x' && part !== '*')
    .map(Number);
}

function compare(one: Version, other: readonly number[]): number {
  const place = other.findIndex((part, index) => one[index] !== part);
  return place < 0 ? 0 : (one[place] ?? 0) - (other[place] ?? 0);
}

function holds(version: Version, comparator: string): boolean {
  const [, operator = '', text = ''] = /^(>=|<=|>|<|\^|~|=)?(.*)$/.exec(comparator) ?? [];
  const bound = partsOf(text);
  if (bound.some(Number.isNaN)) throw new TypeError(`a range that is not understood: ${comparator}`);
  switch (operator) {
    case '>=':
      return compare(version, bound) >= 0;
    case '<=':
      return compare(version, bound) <= 0;
    case '>':
      return compare(version, bound) > 0;
    case '<':
      return compare(version, bound) < 0;
    case '^':
      return compare(version, bound) >= 0 && version[0] === bound[0];
    case '~':
      return compare(version, bound) >= 0 && compare(version, bound.slice(0, 2)) === 0;
    default:
      return compare(version, bound) === 0;
  }
}

/** Whether a version is within a range such as `^20.19.0 || >=22`; fails on a range that it cannot read. */
export function isWithin(version: Version, range: string): boolean {
  return range.split('||').some((part) =>
    part
      .trim()
      .replace(/(>=|<=|>|<|\^|~)\s+/g, '$1')
      .split(/\s+/)
      .filter((comparator) => comparator !== '' && comparator !== '*')
      .every((comparator) => holds(version, comparator)),
  );
}
