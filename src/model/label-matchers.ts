/** Matchers of labels, written as Prometheus does: `{code=~"2..", method!="GET"}`. */

/** One condition on a label; a label that a series lacks has the empty value. */
export interface LabelMatcher {
  readonly label: string;
  /** `=~` and `!~` take RE2 expressions, which must match the whole value. */
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** The most conditions of one selector. */
const MOST_MATCHERS = 32;

const MATCHER =
  /\s*([a-zA-Z_][a-zA-Z0-9_]*|"(?:[^"\\]|\\.)+")\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*(,|$)/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** The text between quotes; only in backquotes does a backslash stand for itself. */
function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  return text.startsWith('`')
    ? inner
    : inner.replace(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

/** Why an expression is none of RE2; undefined when JavaScript takes it and nothing of it is beyond RE2. */
function faultOfPattern(pattern: string): string | undefined {
  if (/\(\?(?:=|!|<=|<!)|\\[1-9]|\\k</.test(pattern)) return 'look-around and back-references are not RE2';
  try {
    new RegExp(pattern.replace(/^\(\?[imsU]+\)/, ''));
    return undefined;
  } catch {
    return 'expected a regular expression of RE2';
  }
}

/** Reads matchers, in braces or without; a text that says what is wrong instead. Empty matches every series. */
export function parseMatchers(text: string): readonly LabelMatcher[] | string {
  const inner = text.trim().replace(/^\{([\s\S]*)\}$/, '$1');
  const matchers: LabelMatcher[] = [];
  const pattern = new RegExp(MATCHER);
  while (pattern.lastIndex < inner.length && inner.slice(pattern.lastIndex).trim() !== '') {
    const start = pattern.lastIndex;
    const [, label = '', operator = '', quoted = ''] = pattern.exec(inner) ?? [];
    if (operator === '') {
      return `expected matchers such as {code=~"2..", method!="GET"}, not ${inner.slice(start, start + 40)}`;
    }
    const value = unquoted(quoted);
    const fault = operator.endsWith('~') ? faultOfPattern(value) : undefined;
    if (fault !== undefined) return `${value.slice(0, 40)}: ${fault}`;
    // The expression takes no other operator.
    const known = operators.find((each) => each === operator) ?? '=';
    matchers.push({ label: label.startsWith('"') ? unquoted(label) : label, operator: known, value });
    if (matchers.length > MOST_MATCHERS) return `expected at most ${MOST_MATCHERS} matchers`;
  }
  return matchers;
}

const operators = ['=', '!=', '=~', '!~'] as const;

/** A text as PromQL and the exposition format quote it. */
export function quoteLabelValue(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Matchers as Prometheus writes them, in braces; no text for none. */
export function formatMatchers(matchers: readonly LabelMatcher[]): string {
  const written = matchers.map(({ label, operator, value }) => {
    const name = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) ? label : quoteLabelValue(label);
    return `${name}${operator}${quoteLabelValue(value)}`;
  });
  return written.length === 0 ? '' : `{${written.join(',')}}`;
}
