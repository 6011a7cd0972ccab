/** What a runbook is: knowledge of one known failure, and of what tells it. */
import { changeKinds } from '../../model/index.js';

/** The sections that every runbook has, in the order in which they are written. */
export const runbookSections = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'] as const;

/** The kinds of changes that a clause may ask for. */
export const runbookChanges = changeKinds;

/** A kind of change that a clause may ask for. */
export type RunbookChange = (typeof runbookChanges)[number];

/**
 * One way in which an incident shows the failure: everything that a clause names must hold. The parts on candidates
 * must hold of one and the same candidate. Patterns are told of in {@link patternOf}; an empty list asks for nothing.
 */
export interface RunbookClause {
  /** Patterns of the names of the incident's alerts. */
  readonly alerts: readonly string[];
  /** Kinds of cause, as candidates have them: `deployment`, `metric`, `failure` ... */
  readonly causes: readonly string[];
  /** Kinds of the change that a candidate blames. */
  readonly changes: readonly RunbookChange[];
  /** Patterns of a candidate's component. */
  readonly components: readonly string[];
  /** Patterns of a candidate's metric. */
  readonly metrics: readonly string[];
  /** Patterns of a candidate's title, which holds the reason of a failure and the words of a change. */
  readonly titles: readonly string[];
  /** A SPARQL ASK with `$incident`, `$candidate`, `$service`, `$since`, `$until` and `$onset` as terms. */
  readonly ask: string | undefined;
}

/** A runbook, read from its file. */
export interface Runbook {
  /** The path of its file below its folder, without `.md`. */
  readonly name: string;
  readonly title: string;
  /** Any of them makes it match. */
  readonly match: readonly RunbookClause[];
  /** Patterns of the services that it is about; of any when empty. */
  readonly services: readonly string[];
  /** The severities of incidents that it is for, in lower case; for any when empty. */
  readonly severities: readonly string[];
  /** What is expected to be seen when it is the right one. */
  readonly evidence: readonly string[];
  readonly owner: string | undefined;
  /** The steps of its mitigation, in order, as Markdown. */
  readonly steps: readonly string[];
  /** The text below the front matter, in Markdown. */
  readonly markdown: string;
  /** Whether it comes with Genchi, or from a folder of the user's own. */
  readonly origin: 'shipped' | 'own';
}

/**
 * A pattern as the source of a regular expression, to be used without regard to case, in JavaScript as in SPARQL's
 * REGEX: `*` stands for any text and `?` for one character, and the whole name must match.
 */
export function patternOf(pattern: string): string {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return `^${source}$`;
}
