/**
 * Bounds what a regular expression of the settings may cost. It runs over every text that comes in, and JavaScript's
 * engine goes back and tries again: `(a|a)*b` takes longer than anybody waits on thirty letters. So the ways that an
 * expression can be tried in from one place of a text are counted beforehand, at most, and too many are refused.
 */

/** The most ways that may be tried from one place of a text. */
export const MOST_WAYS = 300;

/** A part of an expression: in how many ways it may match from one place, and whether it is one character. */
interface Part {
  readonly ways: number;
  readonly isCharacter: boolean;
}

/** How often a part is repeated. */
interface Repetition {
  readonly min: number;
  readonly max: number;
}

const ONE: Part = { ways: 1, isCharacter: true };
const ONCE: Repetition = { min: 1, max: 1 };
const OPENING = /^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/;
const CLASS = /^\[(?:\\.|[^\]\\])*\]/su;
const ESCAPE = /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|.)/su;
const BACK = /^\\(?:[1-9]|k<)/;
const COUNT = /^\{(\d+)(?:(,)(\d*))?\}/;

/** The ways of a part that is repeated: those of each number of times, added up. */
function repeated(ways: number, { min, max }: Repetition): number {
  if (ways === 1) return max - min + 1;
  let sum = 0;
  for (let times = min; times <= max && sum <= MOST_WAYS; times++) sum += ways ** times;
  return sum;
}

class Reader {
  #rest: string;

  constructor(source: string) {
    this.#rest = source;
  }

  #take(form: RegExp): string | undefined {
    const found = form.exec(this.#rest)?.[0];
    if (found !== undefined) this.#rest = this.#rest.slice(found.length);
    return found;
  }

  /** Alternatives up to a closing bracket or the end. */
  alternatives(isWhole: boolean): number {
    let ways = this.#sequence(isWhole);
    while (this.#take(/^\|/) !== undefined) ways += this.#sequence(isWhole);
    return ways;
  }

  #sequence(isWhole: boolean): number {
    let ways = 1;
    while (this.#rest !== '' && !/^[|)]/.test(this.#rest)) {
      const part = this.#part();
      const repetition = this.#repetition();
      const isLast = isWhole && (this.#rest === '' || this.#rest.startsWith('|'));
      // Nothing comes after it that could fail, so that nothing is tried again.
      if (isLast && part.isCharacter) continue;
      ways *= repeated(part.ways, repetition);
    }
    return ways;
  }

  #part(): Part {
    if (this.#take(OPENING) !== undefined) {
      const ways = this.alternatives(false);
      this.#take(/^\)/);
      return { ways, isCharacter: false };
    }
    if (this.#take(BACK) !== undefined) return { ways: Number.POSITIVE_INFINITY, isCharacter: false };
    this.#take(CLASS) ?? this.#take(ESCAPE) ?? this.#take(/^./su);
    return ONE;
  }

  #repetition(): Repetition {
    const sign = this.#take(/^[*+?]/) ?? this.#take(COUNT);
    if (sign === undefined) return ONCE;
    this.#take(/^\?/);
    if (sign === '?') return { min: 0, max: 1 };
    const [, min = '0', comma, max = ''] = COUNT.exec(sign) ?? [];
    if (sign === '*' || sign === '+' || (comma !== undefined && max === '')) {
      return { min: Number(min), max: Number.POSITIVE_INFINITY };
    }
    return { min: Number(min), max: comma === undefined ? Number(min) : Number(max) };
  }
}

/**
 * In how many ways an expression (of the flag `u`, and known to be one) may be tried from one place of a text, at most;
 * infinity for repetitions without end that something follows, and for what refers back.
 */
export function waysOf(source: string): number {
  const ways = new Reader(source).alternatives(true);
  return ways > MOST_WAYS ? Number.POSITIVE_INFINITY : ways;
}
