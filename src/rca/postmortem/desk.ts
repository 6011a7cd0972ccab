/** Post-mortems as the rest of Genchi asks for them: drafted, written in a format, and published as a receipt. */
import type { Recorder } from '../../evidence/index.js';
import { type Clock, type EventContent, type EventReceipt, identityOfContent } from '../../model/index.js';
import type { Incident } from '../incident.js';
import { OWN_DOOR } from '../incident-receipts.js';
import { draftPostmortem } from './draft.js';
import type { PostmortemSources } from './facts.js';
import { htmlDocument } from './markdown.js';
import type { Postmortem } from './postmortem.js';
import { fillTemplate, type PostmortemTemplate } from './template.js';
import { viewOf } from './view.js';

/** The formats of a post-mortem. */
export const postmortemFormats = ['markdown', 'html', 'json'] as const;

/** One of {@link postmortemFormats}: HTML is a document of its own, JSON has IRIs in the place of paths. */
export type PostmortemFormat = (typeof postmortemFormats)[number];

/** What the desk works with. */
export interface DeskParts extends PostmortemSources {
  readonly recorder: Pick<Recorder, 'record'>;
  readonly clock: Clock;
  /** What documents are written from unless another template is given. */
  readonly template: PostmortemTemplate;
}

const isInstantKey = (key: string): boolean => key === 'at' || key.endsWith('At') || key === 'evidenceUntil';

/** Drafts, writes and publishes the post-mortems of incidents. */
export class PostmortemDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Drafts a post-mortem; the same evidence gives the same draft. Fails as the store does. */
  draft(incident: Incident): Promise<Postmortem> {
    return draftPostmortem(incident, this.#parts);
  }

  /** Writes a draft as Markdown by the template. */
  markdown(draft: Postmortem, template: PostmortemTemplate = this.#parts.template): string {
    return fillTemplate(template, viewOf(draft, this.#parts.iris));
  }

  /** Writes a draft in a format. */
  write(draft: Postmortem, format: PostmortemFormat, template?: PostmortemTemplate): string {
    switch (format) {
      case 'markdown':
        return this.markdown(draft, template);
      case 'html':
        return htmlDocument(`Post-mortem: ${draft.title}`, this.markdown(draft, template));
      case 'json':
        return this.#json(draft);
    }
  }

  /**
   * Records a draft as it stands, with every receipt that it cites, so that they are kept as long as it is. Answers the
   * receipt, after its commit.
   */
  async publish(incident: Incident, author?: string): Promise<EventReceipt<'postmortem'>> {
    const { recorder, clock } = this.#parts;
    const draft = await this.draft(incident);
    const at = clock();
    const content: EventContent<'postmortem'> = {
      kind: 'postmortem',
      at,
      ...(draft.service === undefined ? {} : { service: draft.service }),
      incident: draft.incident,
      title: `Post-mortem: ${draft.title}`,
      markdown: this.markdown(draft),
      ...(author === undefined ? {} : { author }),
      cites: draft.evidence.map(({ path }) => path),
    };
    const receipt = { ...content, id: identityOfContent(content), receivedAt: at, door: OWN_DOOR };
    await recorder.record({ events: [receipt] }, OWN_DOOR);
    return receipt;
  }

  /** The post-mortems of an incident that were published, newest first; at most 100. */
  async published(incident: string): Promise<readonly EventReceipt<'postmortem'>[]> {
    const found = await this.#parts.store.events({
      kinds: ['postmortem'],
      where: { incident: [incident] },
      order: 'newest-first',
      limit: 100,
    });
    return found.flatMap((event) => (event.kind === 'postmortem' ? [event] : []));
  }

  #json(draft: Postmortem): string {
    const { iris } = this.#parts;
    const iriOf = (path: unknown): unknown => (typeof path === 'string' ? iris.ofPath(path) : path);
    const shown = (key: string, value: unknown): unknown => {
      if (key === 'cites' && Array.isArray(value)) return value.map(iriOf);
      if (typeof value === 'number' && isInstantKey(key)) return new Date(value).toISOString();
      return value;
    };
    const evidence = draft.evidence.map(({ path, ...rest }) => ({ iri: iris.ofPath(path), ...rest }));
    return `${JSON.stringify({ ...draft, evidence }, shown, 2)}\n`;
  }
}
