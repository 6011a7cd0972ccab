/** The ways in for service level objectives of a server: the book, and the folder that is read into it. */
import type { FastifyBaseLogger } from 'fastify';
import { SloBook } from '../analysis/index.js';
import type { Recorder } from '../evidence/index.js';
import type { Graph } from '../graph/index.js';
import type { Clock } from '../model/index.js';
import { SloFolder } from './slo-folder.js';

/** What objectives are kept with. */
export interface ObjectivesOptions {
  readonly recorder: Recorder;
  readonly graph: Graph;
  readonly clock: Clock;
  readonly logger: Pick<FastifyBaseLogger, 'warn' | 'error'>;
  /** A folder of objectives that is registered, at once and when it changes. */
  readonly folder?: string;
}

/** Objectives while a server runs. */
export class Objectives {
  readonly book: SloBook;
  readonly #folder: SloFolder | undefined;

  private constructor(book: SloBook, folder?: SloFolder) {
    this.book = book;
    this.#folder = folder;
  }

  /** Opens the way in and reads the folder; fails with `bad-file` when it cannot be read. */
  static async open(options: ObjectivesOptions): Promise<Objectives> {
    const { recorder, graph, clock, logger, folder } = options;
    const book = new SloBook({ recorder, histories: () => graph.sloHistories() });
    if (folder === undefined) return new Objectives(book);
    const files = await SloFolder.open({
      ...{ folder, book, clock },
      onRemark: (message) => logger.warn({ message }, 'of the objectives'),
      onFailure: (err) => logger.error({ err }, 'the objectives of the folder could not be registered'),
    });
    return new Objectives(book, files);
  }

  /** Stops watching the folder. */
  async close(): Promise<void> {
    await this.#folder?.close();
  }
}
