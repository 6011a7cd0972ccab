/** What may stand at a place of a query: pure, so that it can be tested without an editor. */
import type { Vocabulary } from './vocabulary.js';

/** Something that may stand at a place. */
export interface Suggestion {
  readonly label: string;
  readonly type: 'class' | 'property' | 'variable' | 'keyword' | 'namespace' | 'constant' | 'function';
  /** What is put into the text, where it is more than the label. */
  readonly apply?: string;
  readonly detail?: string;
  readonly info?: string;
}

/** Suggestions for what stands from a place of the text on. */
export interface Suggestions {
  readonly from: number;
  readonly options: readonly Suggestion[];
}

const KEYWORDS = [
  ...[
    'SELECT',
    'DISTINCT',
    'WHERE',
    'FILTER',
    'OPTIONAL',
    'UNION',
    'MINUS',
    'BIND',
    'VALUES',
    'AS',
    'EXISTS',
    'NOT EXISTS',
  ],
  ...[
    'GROUP BY',
    'HAVING',
    'ORDER BY',
    'ASC',
    'DESC',
    'LIMIT',
    'OFFSET',
    'CONSTRUCT',
    'DESCRIBE',
    'ASK',
    'PREFIX',
  ],
] as const;

const FUNCTIONS: readonly (readonly [name: string, meaning: string])[] = [
  ['COUNT', 'how many rows of a group have a value'],
  ['SUM', 'the sum of a group'],
  ['AVG', 'the mean of a group'],
  ['MIN', 'the least of a group'],
  ['MAX', 'the greatest of a group'],
  ['SAMPLE', 'any one of a group'],
  ['GROUP_CONCAT', 'the texts of a group, joined'],
  ['NOW', 'the time of the query'],
  ['STR', 'a term as text'],
  ['CONTAINS', 'whether a text holds another'],
  ['STRSTARTS', 'whether a text begins with another'],
  ['REGEX', 'whether a text matches an expression'],
  ['LCASE', 'a text in small letters'],
  ['IF', 'one of two values'],
  ['COALESCE', 'the first value that is bound'],
  ['BOUND', 'whether a variable has a value'],
  ['HOURS', 'the hour of a time'],
  ['YEAR', 'the year of a time'],
];

/** Names below a prefix may have marks only where they are escaped. */
const localName = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/[-._~]/g, '\\$&');

/** The variables of a query, each once, but for the one that is being typed. */
function variablesOf(text: string, from: number, typed: string): readonly string[] {
  const rest = `${text.slice(0, from)} ${text.slice(from + typed.length)}`;
  return [...new Set(rest.match(/[?$][A-Za-z_]\w*/g) ?? [])].sort();
}

/** What stands between quotes is not completed, but for the names of metrics and services. */
function inQuotes(line: string, position: number, vocabulary: Vocabulary): Suggestions | undefined {
  const quoted = /"([^"\\]*)$/.exec(line);
  const isOpen = (line.match(/"/g) ?? []).length % 2 === 1;
  if (quoted === null || !isOpen) return undefined;
  const typed = quoted[1] ?? '';
  const before = line.slice(0, -typed.length - 1);
  const isMetric = /(metric|Metric)\S*\s*$|FILTER|=\s*$/.test(before);
  const isName = /name\s*$/.test(before);
  const options = [
    ...(isName
      ? []
      : vocabulary.metrics.map((label) => ({ label, type: 'constant' as const, detail: 'metric' }))),
    ...(isMetric
      ? []
      : vocabulary.services.map((label) => ({ label, type: 'constant' as const, detail: 'service' }))),
  ];
  return { from: position - typed.length, options };
}

function prefixed(prefix: string, { terms, services }: Vocabulary, line: string): readonly Suggestion[] {
  if (prefix === 'service') {
    return services.map((name) => ({
      ...{
        label: `service:${name}`,
        apply: `service:${localName(name)}`,
        type: 'constant' as const,
        detail: 'service',
      },
    }));
  }
  if (prefix !== 'tps') return [];
  // After `a`, only classes may follow; after a subject, only properties.
  const isClass = /(^|\s)a\s+\S*$|rdf:type\s+\S*$/.test(line);
  const isProperty = /[;{.]\s*\S*$|[?$]\w+\s+\S*$|[/|^(]\s*tps:\w*$/.test(line);
  return terms
    .filter(({ type }) => (isClass ? type === 'class' : !isProperty || type === 'property'))
    .map(({ name, type, meaning }) => ({ label: name, type, info: meaning }));
}

/** What may stand at a position; undefined where nothing is suggested. */
export function suggestionsAt(
  text: string,
  position: number,
  vocabulary: Vocabulary,
): Suggestions | undefined {
  const line = text.slice(text.lastIndexOf('\n', position - 1) + 1, position);
  if (/(^|\s)#[^"<]*$/.test(line)) return undefined;
  const quoted = inQuotes(line, position, vocabulary);
  if (quoted !== undefined) return quoted;
  if (/<[^>\s]*$/.test(line)) return undefined;
  const [typed = ''] = /[?$]?[\w:\\%.-]*$/.exec(line) ?? [];
  const from = position - typed.length;
  if (/^[?$]/.test(typed)) {
    const options = variablesOf(text, from, typed).map((label) => ({ label, type: 'variable' as const }));
    return { from, options };
  }
  const [, prefix] = /^(\w*):/.exec(typed) ?? [];
  if (prefix !== undefined) return { from, options: prefixed(prefix, vocabulary, line) };
  return {
    from,
    options: [...wordsFor(line), ...prefixed('tps', vocabulary, line), ...prefixesFor(vocabulary)],
  };
}

const prefixesFor = ({ prefixes }: Vocabulary): readonly Suggestion[] =>
  [...prefixes].map(([name, iri]) => ({ label: `${name}:`, type: 'namespace', detail: iri }));

function wordsFor(line: string): readonly Suggestion[] {
  const isPredicate = /[?$]\w+\s+\w*$/.test(line);
  return [
    ...(isPredicate ? [{ label: 'a', type: 'keyword' as const, detail: 'is of the class' }] : []),
    ...KEYWORDS.map((label) => ({ label, type: 'keyword' as const })),
    ...FUNCTIONS.map(([label, info]) => ({ label, apply: `${label}(`, type: 'function' as const, info })),
  ];
}
