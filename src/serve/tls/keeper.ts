import { type Stats, unwatchFile, watchFile } from 'node:fs';
import type { FastifyBaseLogger } from 'fastify';
import { type Certificate, readCertificate, type TlsFiles } from '../../access/index.js';
import { type Clock, DAY_MS, formatInstant, HOUR_MS, type Instant } from '../../model/index.js';

/** How often is looked whether the files have changed. */
const LOOK_MS = 2_000;
/** So long before its end a certificate should have been renewed. */
const SOON_MS = 14 * DAY_MS;

/** What a keeper looks after. */
export interface KeeperParts {
  readonly files: TlsFiles;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  /** Gets each certificate that is read after the first; connections that are open keep theirs. */
  readonly onRenewed: (certificate: Certificate) => void;
}

/** Reads the certificate again when its files change or somebody asks for it, and tells when it ends soon. */
export class CertificateKeeper {
  readonly #parts: KeeperParts;
  readonly #telling: NodeJS.Timeout;
  readonly #look: (now: Stats, before: Stats) => void;
  #current: Certificate;
  #reading: Promise<void> = Promise.resolve();

  /** Looks after a certificate that was read. */
  constructor(parts: KeeperParts, first: Certificate) {
    this.#parts = parts;
    this.#current = first;
    this.#look = () => void this.renew();
    for (const file of this.#files()) watchFile(file, { interval: LOOK_MS, persistent: false }, this.#look);
    this.#telling = setInterval(() => this.#tell(), 12 * HOUR_MS).unref();
    this.#tell();
  }

  #files(): readonly string[] {
    const { cert, key, clientCa } = this.#parts.files;
    return clientCa === undefined ? [cert, key] : [cert, key, clientCa];
  }

  /** When the certificate that is shown ends to hold. */
  get expiresAt(): Instant {
    return this.#current.expiresAt;
  }

  /** Reads the files again; what cannot be used changes nothing, and is logged. */
  renew(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#renew());
    return this.#reading;
  }

  async #renew(): Promise<void> {
    const { files, logger, onRenewed } = this.#parts;
    try {
      const certificate = await readCertificate(files);
      onRenewed(certificate);
      this.#current = certificate;
      const { subject, expiresAt } = certificate;
      logger.info({ subject, expiresAt: formatInstant(expiresAt) }, 'the certificate was read again');
      this.#tell();
    } catch (err) {
      logger.error({ err }, 'the certificate cannot be read again; the one before is shown still');
    }
  }

  #tell(): void {
    const { clock, logger } = this.#parts;
    const { expiresAt, subject } = this.#current;
    if (expiresAt - clock() > SOON_MS) return;
    logger.warn({ subject, expiresAt: formatInstant(expiresAt) }, 'the certificate ends soon: renew it');
  }

  /** Looks no longer. */
  async close(): Promise<void> {
    clearInterval(this.#telling);
    for (const file of this.#files()) unwatchFile(file, this.#look);
    await this.#reading;
  }
}
