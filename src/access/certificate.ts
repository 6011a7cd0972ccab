/** The certificate that a server shows, as its files say. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { type Instant, instantOf } from '../model/index.js';
import { AccessError } from './errors.js';

/** Where the parts of TLS are. */
export interface TlsFiles {
  /** The certificate and those between it and its authority, as PEM. */
  readonly cert: string;
  /** Its private key, as PEM. */
  readonly key: string;
  /** The authorities of clients, which then have to show a certificate; nobody has to without it. */
  readonly clientCa: string | undefined;
}

/** A certificate that can be used. */
export interface Certificate {
  readonly options: SecureContextOptions;
  readonly subject: string;
  /** When it ends to hold. */
  readonly expiresAt: Instant;
}

async function read(setting: string, file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AccessError('bad-setting', `${setting}: ${file} cannot be read`, { cause });
  });
}

/** Reads the files; fails with `bad-setting` when one cannot be read, or the key is another certificate's. */
export async function readCertificate({ cert, key, clientCa }: TlsFiles): Promise<Certificate> {
  const options: SecureContextOptions = {
    cert: await read('tlsCert', cert),
    key: await read('tlsKey', key),
    ...(clientCa === undefined ? {} : { ca: await read('tlsClientCa', clientCa) }),
    minVersion: 'TLSv1.2',
  };
  try {
    createSecureContext(options);
    const { subject, validTo } = new X509Certificate(String(options.cert));
    return { options, subject, expiresAt: instantOf(Date.parse(validTo)) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AccessError('bad-setting', `tlsCert ${cert} and tlsKey ${key} are no pair: ${why}`, { cause });
  }
}
