/** Reviews as the rest of Genchi asks for them: drafted, and written in a format. */
import { fileURLToPath } from 'node:url';
import { type Week, weekAt, weekNamed } from '../../analysis/index.js';
import type { SignalSeries } from '../../evidence/index.js';
import type { Clock, Iris } from '../../model/index.js';
import { htmlDocument } from '../postmortem/markdown.js';
import {
  fillTemplate,
  type PostmortemTemplate,
  parseTemplate,
  readTemplate,
} from '../postmortem/template.js';
import { draftReview, type ReviewParts } from './draft.js';
import type { Review } from './review.js';
import { addressOf, reviewPlaces, reviewView } from './view.js';

/** The formats of a review. */
export const reviewFormats = ['markdown', 'html', 'json'] as const;

/** One of {@link reviewFormats}: HTML is a document of its own, JSON has IRIs in the place of paths. */
export type ReviewFormat = (typeof reviewFormats)[number];

/** A template of reviews that was checked. */
export type ReviewTemplate = PostmortemTemplate;

const shippedFile = fileURLToPath(new URL('../../../templates/review.md.mustache', import.meta.url));

/** Reads a template of reviews from its file; the one that comes with Genchi when none is named. Fails with `template-malformed`. */
export function readReviewTemplate(file: string = shippedFile): Promise<ReviewTemplate> {
  return readTemplate(file, reviewPlaces);
}

/** Checks the text of a template of reviews; fails with `template-malformed`. */
export function parseReviewTemplate(text: string, where: string): ReviewTemplate {
  return parseTemplate(text, where, reviewPlaces);
}

/** What the desk works with. */
export interface ReviewDeskParts extends Omit<ReviewParts, 'measuring'> {
  /** The series that figures of the pillars are read from beside events, as they are now. */
  readonly signals?: () => readonly SignalSeries[];
  readonly iris: Iris;
  readonly clock: Clock;
  /** What reviews are written from unless another template is given. */
  readonly template: ReviewTemplate;
}

const isInstant = (key: string): boolean => key === 'from' || key === 'to' || key.endsWith('At');

/** Drafts and writes the reviews of weeks. */
export class ReviewDesk {
  readonly #parts: ReviewDeskParts;

  constructor(parts: ReviewDeskParts) {
    this.#parts = parts;
  }

  /** The week of a name, or the present one; fails with `bad-window`. */
  week(name?: string, timeZone = 'UTC'): Week {
    return name === undefined ? weekAt(this.#parts.clock(), timeZone) : weekNamed(name, timeZone);
  }

  /** Drafts the review of a week as far as it is over; fails as the store does, and with `bad-window` before its begin. */
  draft(week: Week): Promise<Review> {
    const { signals = () => [], clock } = this.#parts;
    return draftReview(week, clock(), { ...this.#parts, measuring: { signals: signals() } });
  }

  /** Writes a draft in a format. */
  write(draft: Review, format: ReviewFormat, template?: ReviewTemplate): string {
    switch (format) {
      case 'markdown':
        return this.#markdown(draft, template);
      case 'html':
        return htmlDocument(`Weekly review, ${draft.week}`, this.#markdown(draft, template));
      case 'json':
        return this.#json(draft);
    }
  }

  #markdown(draft: Review, template: ReviewTemplate = this.#parts.template): string {
    return fillTemplate(template, reviewView(draft, this.#parts.iris));
  }

  #json(draft: Review): string {
    const { iris } = this.#parts;
    const iriOf = (path: unknown): unknown => (typeof path === 'string' ? iris.ofPath(path) : path);
    const shown = (key: string, value: unknown): unknown => {
      if (key === 'cites' && Array.isArray(value)) return value.map(iriOf);
      if (typeof value === 'number' && isInstant(key)) return new Date(value).toISOString();
      return value;
    };
    const evidence = draft.evidence.map(({ path, number }) => ({ number, iri: iris.ofPath(path) }));
    const proposals = draft.proposals.map((proposal) => ({
      ...proposal,
      evidence: proposal.evidence.map((one) =>
        one.type === 'thing' ? iris.ofPath(one.path) : addressOf(one, iris),
      ),
    }));
    return `${JSON.stringify({ ...draft, proposals, evidence }, shown, 2)}\n`;
  }
}
